package dev.troupe.deploy.e2e;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Starting from checkpoints that fit and that do not. The run has steps 2 and 4. */
class StartFromTest {
  @TempDir private static Path folder = Path.of("");
  private static List<String> losses = List.of();

  @BeforeAll
  static void trainFourSteps() throws IOException {
    train("tiny", "train.steps=4").succeeded();
    losses = files("tiny").lossHex();
  }

  private static RunFiles files(String run) {
    return new Program(folder).files(run);
  }

  private static String from(String step) {
    return "checkpoint.from=" + files("tiny").checkpoints().resolve(step);
  }

  private static Outcome train(String run, String... settings) {
    List<String> all =
        new ArrayList<>(
            List.of(
                "run.name=" + run,
                "run.dir=" + folder.resolve("runs").resolve(run),
                "checkpoint.every=2",
                "train.schedule=constant",
                "train.warmup=0"));
    all.addAll(List.of(settings));
    return new Program(folder).train(all.toArray(String[]::new));
  }

  @Test
  void anotherRunGoesOnWithTheSameBits() throws IOException {
    train("branch", from("step-00000002"), "train.steps=4")
        .succeeded()
        .said("goes on after step 2");
    assertEquals(losses.subList(2, 4), files("branch").lossHex());
    assertEquals(List.of(3L, 4L), files("branch").steps());
    train("branch", from("step-00000002"), "train.steps=5")
        .succeeded()
        .said("it goes on from " + files("branch").checkpoints().resolve("step-00000004"));
    assertEquals(List.of(3L, 4L, 5L), files("branch").steps());
  }

  @Test
  void aRunDoesNotGoBackToItsOwnOlderCheckpoint() throws IOException {
    train("tiny", from("step-00000002"), "train.steps=6")
        .refused(Outcome.USAGE, "already has step 4", "run.name=tiny-from-2");
    assertEquals(losses, files("tiny").lossHex());
    assertEquals("step-00000004", files("tiny").latest());
  }

  @Test
  void refusesACheckpointOfAnotherModel() throws IOException {
    train("tiny", "train.steps=6", "model.ffn=128")
        .refused(Outcome.DATA, "step-00000004", "model.ffn=64", "128", "another run.name");
    train("wide", from("step-00000004"), "model.hidden=64", "model.heads=8")
        .refused(Outcome.DATA, "step-00000004", "model.hidden=32", "64");
    assertEquals(losses, files("tiny").lossHex());
    assertEquals(List.of(), RunFiles.names(files("wide").folder()));
  }

  @Test
  void refusesACheckpointThatIsNotThere() {
    train("other", from("step-00000003")).refused(Outcome.DATA, "step-00000003", "does not exist");
  }
}
