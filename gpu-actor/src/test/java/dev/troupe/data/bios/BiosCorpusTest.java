package dev.troupe.data.bios;

import static dev.troupe.data.testing.Failures.assertFails;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.troupe.data.corpus.DocumentSink;
import dev.troupe.data.digest.Fingerprint;
import dev.troupe.proto.error.Category;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class BiosCorpusTest {
  private static final int PEOPLE = 200;
  private static final int BIOGRAPHIES = 5;

  private final Lists lists = Lists.load();
  private final People people = new People(lists);

  @Test
  void textIsPinnedBecauseItIsTheSameEverywhere() {
    Fingerprint fingerprint = new Fingerprint();
    documents(PEOPLE, BIOGRAPHIES).forEach(fingerprint::add);
    assertEquals(
        "7abce2e713bae24ecd7f016bb2123cd4381507f3b8435e4dd1742269e9ebbd7b", fingerprint.hex());
  }

  @Test
  void firstBiographyReads() {
    assertEquals(
        "Simon Julian Schultz's main subject was Oceanography. His birthday is July 21, 1989. He goes"
            + " to work in Calgary. He comes from Florence. His education was completed at Rosemont"
            + " Hill College. Vertex Surveying is where he works.",
        documents(PEOPLE, BIOGRAPHIES).getFirst());
  }

  @Test
  void everyRoundTellsAboutEveryoneInAnotherOrder() {
    List<String> documents = documents(PEOPLE, BIOGRAPHIES);
    List<List<Integer>> rounds = new ArrayList<>();
    for (int round = 0; round < BIOGRAPHIES; round++) {
      List<String> texts = documents.subList(round * PEOPLE, (round + 1) * PEOPLE);
      List<Integer> order = texts.stream().map(this::personIn).toList();
      assertEquals(PEOPLE, Set.copyOf(order).size());
      rounds.add(order);
    }
    assertEquals(BIOGRAPHIES, Set.copyOf(rounds).size());
  }

  @Test
  void biographiesOfAPersonDiffer() {
    List<String> documents = documents(PEOPLE, BIOGRAPHIES);
    assertEquals(documents.size(), Set.copyOf(documents).size());
  }

  @Test
  void everyBiographyTellsAllFacts() {
    for (String document : documents(PEOPLE, 1)) {
      Person person = people.person(personIn(document));
      for (Fact fact : Fact.values()) {
        assertTrue(document.contains(person.fact(fact)), () -> fact + " missing: " + document);
      }
      assertEquals(Fact.values().length, document.split("\\. ", -1).length, document);
      assertFalse(document.contains("{") || document.contains("  "), document);
    }
  }

  @Test
  void firstSentenceGivesTheNameAndOthersMostlyAPronoun() {
    int named = 0;
    List<String> documents = documents(PEOPLE, BIOGRAPHIES);
    for (String document : documents) {
      String name = people.person(personIn(document)).name();
      assertTrue(document.substring(0, document.indexOf(". ")).contains(name), document);
      named += document.split(name, -1).length - 2;
    }
    double share = named / (5.0 * documents.size());
    assertTrue(share > 0.2 && share < 0.3, () -> "share of later sentences with names " + share);
  }

  @Test
  void namesAreUniqueAndEmployersDecideTheCity() {
    Set<String> names = new HashSet<>();
    Map<String, String> cityOf = new HashMap<>();
    for (int i = 0; i < 20_000; i++) {
      Person person = people.person(i);
      assertTrue(names.add(person.name()), person.name());
      String city = person.fact(Fact.WORK_CITY);
      assertEquals(city, cityOf.computeIfAbsent(person.fact(Fact.EMPLOYER), _ -> city));
    }
    assertEquals(lists.employers().size(), cityOf.size());
  }

  @Test
  void everyPronounOccurs() {
    Set<Pronouns> seen = new HashSet<>();
    IntStream.range(0, 200).forEach(i -> seen.add(people.person(i).pronouns()));
    assertEquals(Set.of(Pronouns.values()), seen);
  }

  @ParameterizedTest
  @EnumSource
  void everyFactHasAtLeastEightWordings(Fact fact) {
    Set<Template> wordings = Set.copyOf(lists.templates(fact));
    assertTrue(wordings.size() >= 8);
    for (Template wording : wordings) {
      assertEquals(
          1, wording.parts().stream().filter(p -> p.equals(new Template.Part.Value(fact))).count());
      assertTrue(wording.parts().stream().anyMatch(p -> p instanceof Template.Part.Mention));
    }
  }

  @Test
  void verbsAgreeWithTheSubject() {
    Template template = Template.parse("{Subject} {works/work} for {employer}.");
    Person they = person(Pronouns.THEY);
    assertEquals("They work for BAR.", text(template, they, false));
    assertEquals("Ada May Lind works for BAR.", text(template, they, true));
    assertEquals("He works for BAR.", text(template, person(Pronouns.HE), false));
  }

  @Test
  void laterMentionsInANamedSentenceArePronouns() {
    Template template = Template.parse("For {their} job, {subject} {lives/live} in {work-city}.");
    assertEquals(
        "For Ada May Lind's job, they live in BAR.", text(template, person(Pronouns.THEY), true));
    assertEquals("For her job, she lives in BAR.", text(template, person(Pronouns.SHE), false));
  }

  @Test
  void fingerprintDependsOnTheSettings() {
    String fingerprint = new BiosCorpus(10, 2).fingerprint();
    assertEquals(fingerprint, new BiosCorpus(10, 2).fingerprint());
    assertNotEquals(fingerprint, new BiosCorpus(11, 2).fingerprint());
    assertNotEquals(fingerprint, new BiosCorpus(10, 3).fingerprint());
  }

  @Test
  void shouldRefuseNumbersOutOfRange() {
    assertFails(Category.USAGE, () -> new BiosCorpus(0, 2), "data.bios.people is 0");
    assertFails(Category.USAGE, () -> new BiosCorpus(1 << 30, 2), "at most 5940000");
    assertFails(Category.USAGE, () -> new BiosCorpus(10, 0), "data.bios.biographies is 0");
  }

  private int personIn(String document) {
    return IntStream.range(0, PEOPLE)
        .filter(i -> document.contains(people.person(i).name()))
        .findFirst()
        .orElseThrow();
  }

  private static Person person(Pronouns pronouns) {
    Map<Fact, String> facts = new HashMap<>();
    for (Fact fact : Fact.values()) {
      facts.put(fact, "BAR");
    }
    return new Person("Ada May Lind", pronouns, facts);
  }

  private static String text(Template template, Person person, boolean named) {
    StringBuilder out = new StringBuilder();
    template.append(person, named, out);
    return out.toString();
  }

  private static List<String> documents(int people, int biographies) {
    List<String> documents = new ArrayList<>();
    new BiosCorpus(people, biographies)
        .write(
            new DocumentSink() {
              @Override
              public void text(CharSequence piece) {
                documents.add(piece.toString());
              }

              @Override
              public void endDocument() {}

              @Override
              public void progress(long done) {
                assertEquals(documents.size(), done);
              }
            });
    return documents;
  }
}
