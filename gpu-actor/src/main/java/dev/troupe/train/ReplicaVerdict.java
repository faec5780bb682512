package dev.troupe.train;

import dev.troupe.optim.Buddies;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.SortedSet;
import java.util.TreeSet;

/**
 * Who of a data-parallel group has damaged memory, from what all of its ranks say of the state. A
 * pure function, so all ranks of the group agree. What can be told apart:
 *
 * <ul>
 *   <li>A rank whose own state, or a copy that it keeps, changed although nothing wrote to it has
 *       convicted itself.
 *   <li>Every rank has all parameters, so each has a voice about each owner's slices; the owner's
 *       master weights, where they are not the parameters themselves, and the buddy's copy of them
 *       have one, too. A voice against the majority convicts the rank that has it. So two ranks
 *       need copies, or bfloat16 parameters, for a majority.
 *   <li>Where all parameters agree, they all came from the owner with the last update: then the
 *       buddy's copy is one word against another, as is its copy of the moments at any time. Unless
 *       one of the two has convicted itself, both are suspects, and so are all voices where there
 *       is no majority.
 * </ul>
 *
 * @param all what each rank of the group says, by index
 * @param buddies who keeps a copy of whose state
 * @param mastersApart whether master weights are not the parameters themselves
 */
record ReplicaVerdict(List<ReplicaDigests> all, Buddies buddies, boolean mastersApart) {
  /** Copies the list. */
  ReplicaVerdict {
    all = List.copyOf(all);
  }

  /** A digest and the rank that vouches for it. */
  private record Voice(int rank, long digest) {}

  /** Indices in the group of those that are not to be believed, rising. */
  List<Integer> suspects() {
    SortedSet<Integer> suspects = new TreeSet<>();
    for (int rank = 0; rank < all.size(); rank++) {
      if (all.get(rank).ownChanged() || all.get(rank).copyChanged()) {
        suspects.add(rank);
      }
    }
    for (int owner = 0; owner < all.size(); owner++) {
      vote(voices(owner), suspects);
      compareCopy(owner, suspects);
    }
    return List.copyOf(suspects);
  }

  /** What there is to say about an owner's weights; the copy is asked only where others differ. */
  private List<Voice> voices(int owner) {
    List<Voice> voices = new ArrayList<>();
    for (int rank = 0; rank < all.size(); rank++) {
      voices.add(new Voice(rank, all.get(rank).values().get(owner)));
    }
    if (mastersApart) {
      voices.add(new Voice(owner, all.get(owner).own().published()));
    }
    boolean agree = voices.stream().mapToLong(Voice::digest).distinct().count() == 1;
    int buddy = buddies.of(owner);
    if (buddy != Buddies.NOBODY && !agree) {
      voices.add(new Voice(buddy, all.get(buddy).copies().get(owner).published()));
    }
    return voices;
  }

  private static void vote(List<Voice> voices, SortedSet<Integer> suspects) {
    Map<Long, Integer> counts = new HashMap<>();
    voices.forEach(voice -> counts.merge(voice.digest(), 1, Integer::sum));
    OptionalLong majority =
        counts.entrySet().stream()
            .filter(entry -> 2 * entry.getValue() > voices.size())
            .mapToLong(Map.Entry::getKey)
            .findFirst();
    if (majority.isPresent()) {
      voices.stream()
          .filter(voice -> voice.digest() != majority.getAsLong())
          .forEach(voice -> suspects.add(voice.rank()));
    } else if (voices.stream().noneMatch(voice -> suspects.contains(voice.rank()))) {
      voices.forEach(voice -> suspects.add(voice.rank()));
    }
  }

  /** The buddy's copy against the owner's state, unless it is known already who is wrong. */
  private void compareCopy(int owner, SortedSet<Integer> suspects) {
    int buddy = buddies.of(owner);
    if (buddy == Buddies.NOBODY || suspects.contains(owner) || suspects.contains(buddy)) {
      return;
    }
    ReplicaDigests.OfState own = all.get(owner).own();
    ReplicaDigests.OfState copy = all.get(buddy).copies().get(owner);
    if (own.master() != copy.master() || own.moments() != copy.moments()) {
      suspects.add(owner);
      suspects.add(buddy);
    }
  }
}
