package dev.troupe.deploy.chaos.plan;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.troupe.proto.error.Category;
import dev.troupe.proto.error.TroupeException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.OptionalLong;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PlanFileTest {
  @TempDir private Path folder;

  private ChaosPlan read(String text) throws IOException {
    return PlanFile.read(Files.writeString(folder.resolve("plan.conf"), text));
  }

  private Rule rule(String fault) throws IOException {
    return read("faults = [ " + fault + " ]").rules().getFirst();
  }

  @Test
  void readsTheVocabulary() throws IOException {
    assertEquals(
        new Rule(
            new Trigger.At(OptionalLong.of(17), Moment.PREPARED),
            new Target.Rank(3),
            List.of(new Action(Action.Kind.KILL9, 0, 0))),
        rule("{ at = { step = 17, phase = prepared }, do = kill9, rank = 3 }"));
    assertEquals(
        new Rule(
            new Trigger.At(OptionalLong.empty(), Moment.CHECKPOINT_RENAME),
            new Target.Node("node-1"),
            List.of(new Action(Action.Kind.ENOSPC, 0, 0))),
        rule("{ during = checkpoint-rename, do = enospc, node = node-1 }"));
    assertEquals(
        new Rule(
            new Trigger.Between(20, 30),
            new Target.Links(List.of("node-0", "node-1"), true),
            List.of(new Action(Action.Kind.CUT, 0, 0))),
        rule("{ between = [20, 30], do = cut, nodes = [node-0, node-1], one-way = true }"));
    assertEquals(
        new Rule(
            new Trigger.Storm(Duration.ofSeconds(15), 7, 200, Duration.ofSeconds(1)),
            new Target.AnyRank(),
            List.of(
                new Action(Action.Kind.KILL9, 0, 0),
                new Action(Action.Kind.SIGSTOP, 10, 0),
                new Action(Action.Kind.SLOW, 2, 30),
                new Action(Action.Kind.NAN, 0, 0),
                new Action(Action.Kind.BITFLIP, 0, 0),
                new Action(Action.Kind.CORRUPT, 0, 0),
                new Action(Action.Kind.KILL_COORDINATOR, 0, 0))),
        rule(
            "{ storm = { mtbf = 15 s, seed = 7, count = 200, apart = 1 s }, one-of = [kill9,"
                + " \"sigstop 10 s\", \"slow 2x\", nan, bitflip, corrupt, kill-coordinator] }"));
  }

  @Test
  void whatAnActionSaysIsWhatItReads() {
    for (String text :
        List.of("sigstop 1.5 s", "slow 2.5x 7 steps", "cut 3 s", "cut", "kill-coordinator")) {
      assertEquals(text, Action.parse(text).orElseThrow().words());
    }
    assertEquals("sigstop 0.25 s", Action.parse("sigstop 250 ms").orElseThrow().words());
  }

  @Test
  void theReferenceIsMadeUnlessSaidOtherwise() throws IOException {
    String faults = "faults = [ { at = { step = 1 }, do = kill9 } ]\n";
    assertEquals(new ChaosPlan.Reference.Made(), read(faults).reference());
    assertEquals(new ChaosPlan.Reference.None(), read(faults + "reference = false").reference());
    Files.writeString(folder.resolve("metrics.jsonl"), "");
    assertEquals(
        new ChaosPlan.Reference.Given(folder),
        read(faults + "reference = \"" + folder + "\"").reference());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "fault = []| unknown key fault; did you mean faults?",
        "faults = []| faults = []; give at least one fault",
        "reference = true| faults is missing; give a list",
        "faults = [ kill9 ]| plan.conf:1: faults has kill9; give { at =",
        "faults = [ { do = kill9 } ]| one word on when it strikes, one of at, during, between, storm; it has none",
        "faults = [ { at = { step = 1 } } ]| either do = kill9 or one-of",
        "faults = [ { at = { step = 1 }, do = kill } ]| faults.do = kill; give one of: kill9, sigstop 10 s",
        "faults = [ { at = { step = 0 }, do = kill9 } ]| faults.at.step = 0; give a whole number of at least 1",
        "faults = [ { at = { stepp = 1 }, do = kill9 } ]| unknown key faults.at.stepp; did you mean step?",
        "faults = [ { at = { step = 1, phase = prepare }, do = kill9 } ]| faults.at.phase = prepare; give prepared?",
        "faults = [ { at = { step = 1 }, do = enospc } ]| needs an operation on a checkpoint",
        "faults = [ { at = { step = 1 }, do = nan, node = node-1 } ]| nan hits a rank; give rank = 3",
        "faults = [ { at = { step = 1 }, do = cut } ]| cut needs nodes",
        "faults = [ { at = { step = 1 }, do = kill9, rank = 1, node = a } ]| a fault hits one of rank, node; give one",
        "faults = [ { storm = { mtbf = 15, count = 3 }, do = kill9 } ]| faults.storm.mtbf = 15; give a time, such as 15 s",
        "faults = [ { between = [30, 20], do = cut, nodes = [a, b] } ]| two steps, the first at least 1",
        "faults = [ { between = [20, 30], do = kill9 } ]| between = [20, 30] is for cut and slow",
        "faults = [ { at = { step = 1 }, do = kill9 } ], reference = nowhere| reference = nowhere; give true, false, or the folder",
        "faults = [| not a valid plan of faults (HOCON)",
      })
  void mistakesAreNamedWithTheirPlaceAndRemedy(String text, String message) {
    TroupeException refusal = assertThrows(TroupeException.class, () -> read(text));
    assertEquals(Category.USAGE, refusal.category());
    assertTrue(String.valueOf(refusal.getMessage()).contains(message.strip()), refusal::getMessage);
  }

  @Test
  void theExamplesAreValid() throws IOException {
    try (Stream<Path> examples = Files.list(Path.of("chaos"))) {
      List<Path> plans = examples.filter(file -> file.toString().endsWith(".conf")).toList();
      assertTrue(plans.size() >= 4, plans::toString);
      plans.forEach(PlanFile::read);
    }
  }
}
