package dev.troupe.deploy.e2e;

import static dev.troupe.deploy.e2e.Program.tiny;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTimeout;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Mistakes in a job: refused before anything is made, with the value and the remedy. */
class MistakesTest {
  @TempDir Path folder;

  @Test
  void theProcessEndsWithTheCodeAndOneMessage() throws IOException, InterruptedException {
    Outcome outcome = new Program(folder).run(tiny("train.stpes=5"));
    outcome.refused(Outcome.USAGE, "train.stpes", "did you mean train.steps?");
    assertEquals("", outcome.out());
    assertEquals(1, outcome.err().lines().count(), outcome::err);
    assertFalse(Files.exists(folder.resolve("runs")));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          modle.hidden=64            | modle.hidden; did you mean model.hidden?
          train.global-batch=-8      | train.global-batch = -8; give at least 1
          model.hidden=-32           | model.hidden = -32; give at least 1
          parallel.tp=3              | model.heads = 4; parallel.tp = 3; divisible
          train.seq-length=128       | train.seq-length = 128; model.max-seq = 64
          train.schedule=cosin       | train.schedule = cosin; cosine
          train.lr=fast              | train.lr; fast
          device=gpu                 | device = gpu; give cpu or cuda
          data.source=wikipedia      | data.source; wikipedia; bios
          run.name=../elsewhere      | run.name = ../elsewhere
          """)
  void namesTheSettingItsValueAndTheRemedy(String setting, String parts) throws IOException {
    Outcome outcome = new Program(folder).train(setting);
    outcome.refused(Outcome.USAGE, parts(parts));
    assertEquals(List.of(), RunFiles.names(folder));
  }

  /** A file of that name comes first, on a machine with GPUs, too; and it is no library. */
  @Test
  void saysWhyThereIsNoGpuAndLeavesNothing(@TempDir Path cuda) throws IOException {
    Files.createFile(cuda.resolve("libcuda.so.1"));
    Outcome outcome = new Program(folder).train("device=cuda", "cuda.libraries=" + cuda);
    outcome.refused(Outcome.RESOURCE, "libcuda.so.1", cuda.toString());
    assertEquals(List.of(), RunFiles.names(folder));
  }

  @Test
  void refusesAJobFileThatIsNotThere() {
    Path file = folder.resolve("job.conf");
    Program.call("train", file.toString())
        .refused(Outcome.USAGE, file.toString(), "no such job file");
  }

  @Test
  void namesTheLineOfAMistakeInAJobFile() throws IOException {
    Path file = Files.writeString(folder.resolve("job.conf"), "seed = 1\nmodel { hiden = 8 }\n");
    Program.call("train", file.toString())
        .refused(Outcome.USAGE, "job.conf", "2", "model.hiden", "model.hidden");
  }

  @Test
  void refusesAModelThatDoesNotFitBeforeItAllocates() throws IOException {
    Outcome outcome =
        assertTimeout(
            Duration.ofSeconds(10),
            () -> Program.call("train", "model.preset=llama-65b", "run.dir=" + folder));
    outcome.refused(
        Outcome.RESOURCE, "not enough memory", "bytes", "optimizer state", "train.recompute=full");
    assertEquals(List.of(), RunFiles.names(folder));
  }

  @Test
  void generateAndEvalAskForACheckpoint() throws IOException {
    String none = folder.resolve("none").toString();
    Program.call("generate", "--prompt", "x", "--checkpoint", none)
        .refused(Outcome.DATA, none, "does not exist");
    Program.call("generate", "--prompt", "x", "--checkpoint", folder.toString())
        .refused(Outcome.DATA, folder.toString(), "holds no valid checkpoint");
    Program.call("eval", "--data", none, "--checkpoint", none).refused(Outcome.DATA, none);
  }

  private static String[] parts(String parts) {
    return Arrays.stream(parts.split(";", -1)).map(String::strip).toArray(String[]::new);
  }
}
