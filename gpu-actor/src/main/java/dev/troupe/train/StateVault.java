package dev.troupe.train;

import java.util.Comparator;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * What a process keeps in memory of committed states while it has no trainer for them, and from
 * which the trainers of the next mesh start. One a process; thread-safe. Owns the memory; what is
 * thrown away is freed at once, so nobody may be starting from it any more.
 */
public final class StateVault {
  private static final Comparator<HeldKey> ORDER =
      Comparator.comparingLong(HeldKey::epoch)
          .thenComparingLong(HeldKey::step)
          .thenComparingInt(HeldKey::dp)
          .thenComparingInt(HeldKey::dpIndex)
          .thenComparingInt(HeldKey::tpIndex);

  private final SortedMap<HeldKey, HeldState> parts = new TreeMap<>(ORDER);

  /** What is held, in a fixed order. */
  public synchronized List<HeldKey> keys() {
    return List.copyOf(parts.keySet());
  }

  /** What is held, each part with the digest of its content, in a fixed order. */
  public synchronized SortedMap<HeldKey, Long> digests() {
    SortedMap<HeldKey, Long> digests = new TreeMap<>(ORDER);
    parts.forEach((key, part) -> digests.put(key, part.digest()));
    return digests;
  }

  /** Takes a part, in the place of one of the same key; owns it from now on. */
  synchronized void put(HeldKey key, HeldState state) {
    HeldState before = parts.put(key, state);
    if (before != null) {
      before.close();
    }
  }

  /** A part, which the vault goes on owning; null where it is not held. */
  synchronized @Nullable HeldState get(HeldKey key) {
    return parts.get(key);
  }

  /** Frees all that is not of {@code step}. */
  public synchronized void retainOnly(long step) {
    removeUnless(key -> key.step() == step);
  }

  /** Frees all that is not of the state of {@code step} that the mesh of {@code epoch} left. */
  synchronized void retainOnly(long step, long epoch) {
    removeUnless(key -> key.step() == step && key.epoch() == epoch);
  }

  /** Frees everything. */
  public synchronized void clear() {
    removeUnless(key -> false);
  }

  private void removeUnless(Predicate<HeldKey> wanted) {
    Iterator<Map.Entry<HeldKey, HeldState>> all = parts.entrySet().iterator();
    while (all.hasNext()) {
      Map.Entry<HeldKey, HeldState> part = all.next();
      if (!wanted.test(part.getKey())) {
        part.getValue().close();
        all.remove();
      }
    }
  }
}
