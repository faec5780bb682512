package dev.troupe.proto.message;

import java.util.ArrayList;
import java.util.List;

/**
 * What the ranks found, by value; immutable. A rank's first word counts: one that voted before is
 * not heard again, so a message that comes twice changes nothing.
 *
 * @param votes the different values, in the order in which they came, over disjoint sets of ranks
 * @param <T> immutable, with equality by value
 */
public record Tally<T>(List<Vote<T>> votes) {
  /** Copies the list. */
  public Tally {
    votes = List.copyOf(votes);
  }

  /** No vote yet. */
  public static <T> Tally<T> empty() {
    return new Tally<>(List.of());
  }

  /** This tally with some more votes. */
  public Tally<T> plus(List<Vote<T>> more) {
    Tally<T> sum = this;
    for (Vote<T> vote : more) {
      sum = sum.plus(vote);
    }
    return sum;
  }

  /** This tally with one more vote. */
  public Tally<T> plus(Vote<T> vote) {
    RankSet fresh = vote.ranks().minus(ranks());
    if (fresh.isEmpty()) {
      return this;
    }
    List<Vote<T>> sum = new ArrayList<>(votes);
    for (int i = 0; i < sum.size(); i++) {
      if (sum.get(i).value().equals(vote.value())) {
        sum.set(i, new Vote<>(vote.value(), sum.get(i).ranks().plus(fresh)));
        return new Tally<>(sum);
      }
    }
    sum.add(new Vote<>(vote.value(), fresh));
    return new Tally<>(sum);
  }

  /** The ranks that voted. */
  public RankSet ranks() {
    if (votes.size() == 1) {
      return votes.getFirst().ranks(); // they agree, as a rule
    }
    RankSet all = RankSet.none();
    for (Vote<T> vote : votes) {
      all = all.plus(vote.ranks());
    }
    return all;
  }
}
