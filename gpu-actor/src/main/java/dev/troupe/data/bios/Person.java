package dev.troupe.data.bios;

import java.util.Map;

/**
 * A person of the synthetic world.
 *
 * @param name first, middle and last name; no two people have the same
 * @param pronouns how the person is spoken of
 * @param facts the value of every {@link Fact}
 */
record Person(String name, Pronouns pronouns, Map<Fact, String> facts) {
  /** Copies and checks the facts. */
  Person {
    facts = Map.copyOf(facts);
    if (facts.size() != Fact.values().length) {
      throw new IllegalArgumentException(name + " lacks facts: " + facts.keySet());
    }
  }

  String fact(Fact fact) {
    String value = facts.get(fact);
    if (value == null) {
      throw new IllegalStateException(name + " lacks " + fact);
    }
    return value;
  }
}
