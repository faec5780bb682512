package dev.troupe.data.bios;

import dev.troupe.data.random.SplitMix64;
import java.util.List;

/**
 * Writes biographies: a sentence for each fact, in random order and wording. The first sentence
 * gives the full name, most later ones have a pronoun. Immutable and thread-safe.
 */
final class Biographer {
  private static final long SEED = 0x6269_6F73L;

  /** One later sentence in so many repeats the full name. */
  private static final int NAME_AGAIN = 4;

  private final Lists lists;
  private final People people;

  Biographer(Lists lists, People people) {
    this.lists = lists;
    this.people = people;
  }

  /**
   * One biography.
   *
   * @param person index of the person
   * @param version which of the person's biographies, from 0
   */
  String biography(int person, int version) {
    Person subject = people.person(person);
    SplitMix64 random = new SplitMix64(SplitMix64.key(SplitMix64.key(SEED, person), version));
    StringBuilder text = new StringBuilder();
    for (Fact fact : shuffled(random)) {
      boolean first = text.isEmpty();
      if (!first) {
        text.append(' ');
      }
      List<Template> wordings = lists.templates(fact);
      Template wording = wordings.get(random.nextInt(wordings.size()));
      boolean nameAgain = random.nextInt(NAME_AGAIN) == 0;
      wording.append(subject, first || nameAgain, text);
    }
    return text.toString();
  }

  /** The facts in the order of Fisher and Yates. */
  private static Fact[] shuffled(SplitMix64 random) {
    Fact[] facts = Fact.values();
    for (int i = facts.length - 1; i > 0; i--) {
      int j = random.nextInt(i + 1);
      Fact swapped = facts[i];
      facts[i] = facts[j];
      facts[j] = swapped;
    }
    return facts;
  }
}
