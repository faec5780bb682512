package dev.troupe.deploy.e2e;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** With exact reduction the mesh does not show in the losses, also over a resume. */
class ExactReductionTest {
  private static final double RELATIVE = 2e-5;

  @TempDir private static Path folder = Path.of("");
  private static List<String> expected = List.of();
  private static List<Double> losses = List.of();

  @BeforeAll
  static void trainUninterrupted() throws IOException {
    Program program = program("uninterrupted");
    train(program, 1, 1);
    expected = program.files().lossHex();
    losses = program.files().losses();
  }

  @Test
  void anyWidthGivesTheSameBits() throws IOException {
    for (int dp : new int[] {2, 3}) {
      Program program = program("dp-" + dp);
      train(program, 1, dp);
      assertEquals(expected, program.files().lossHex(), "dp " + dp);
    }
  }

  @Test
  void aResumeAtAnotherWidthGivesTheSameBits() throws IOException {
    Program program = program("resumed");
    train(program, 1, 2, "train.steps=5");
    train(program, 1, 3, "train.steps=8");
    train(program, 1, 1);
    assertEquals(expected, program.files().lossHex());
    assertEquals(
        List.of(2, 2, 2, 2, 2, 3, 3, 3, 1, 1, 1, 1),
        program.files().metrics().stream().map(line -> line.get("dp").getAsInt()).toList());
  }

  @Test
  void aResumeAtAnotherTensorParallelWidthGivesTheSameLosses() throws IOException {
    Program program = program("other-tp");
    train(program, 2, 1, "train.steps=6");
    train(program, 4, 1, "parallel.sequence=true");
    List<Double> got = program.files().losses();
    assertEquals(losses.size(), got.size());
    for (int i = 0; i < got.size(); i++) {
      assertEquals(losses.get(i), got.get(i), RELATIVE * losses.get(i), "step " + (i + 1));
    }
  }

  private static Program program(String name) {
    return new Program(folder.resolve(name));
  }

  private static void train(Program program, int tp, int dp, String... settings) {
    List<String> all =
        new ArrayList<>(
            List.of(
                "parallel.tp=" + tp,
                "parallel.dp=" + dp,
                "parallel.virtual-shards=6",
                "train.schedule=constant",
                "train.warmup=2",
                "train.steps=12"));
    all.addAll(List.of(settings));
    program.train(all.toArray(String[]::new)).succeeded();
  }
}
