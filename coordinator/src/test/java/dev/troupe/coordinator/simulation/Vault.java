package dev.troupe.coordinator.simulation;

import dev.troupe.proto.message.Holding;
import java.util.Comparator;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** What a worker process keeps of committed states, by what it is. */
final class Vault {
  private static final Comparator<Holding> ORDER =
      Comparator.comparingLong(Holding::epoch)
          .thenComparingLong(Holding::step)
          .thenComparingInt(Holding::tpIndex)
          .thenComparingInt(Holding::dpIndex);

  private final SortedMap<Holding, long[]> parts = new TreeMap<>(ORDER);

  void put(Holding what, long[] cells) {
    parts.put(what, cells);
  }

  List<Holding> holdings() {
    return List.copyOf(parts.keySet());
  }

  /** The cells of a part, whoever is said to hold it. */
  long @Nullable [] get(Holding what) {
    return parts.get(what);
  }

  /** The same, of whatever mesh. */
  long @Nullable [] getOfAnyMesh(Holding what) {
    for (Holding part : parts.keySet()) {
      if (part.step() == what.step()
          && part.dp() == what.dp()
          && part.dpIndex() == what.dpIndex()
          && part.tpIndex() == what.tpIndex()) {
        return parts.get(part);
      }
    }
    return null;
  }

  void clear() {
    parts.clear();
  }

  void retainOnly(long step) {
    parts.keySet().removeIf(what -> what.step() != step);
  }

  void retainOnly(long step, long epoch) {
    parts.keySet().removeIf(what -> what.step() != step || what.epoch() != epoch);
  }
}
