package dev.troupe.deploy.e2e;

import static dev.troupe.deploy.e2e.Program.tiny;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** A disk that takes small files only, as a full one does. */
@DisabledOnOs(OS.WINDOWS)
class FullDiskTest {
  /** Less than a rank's part of a checkpoint and the tokens; more than the logs. */
  private static final int KIB = 40;

  @TempDir Path folder;

  @Test
  void trainingGoesOnAndTheEndSaysThatItIsNotSaved() throws IOException, InterruptedException {
    Program program = new Program(folder);
    program.train("train.steps=2").succeeded();
    Outcome full = program.runOnFullDisk(KIB, tiny("train.steps=6", "checkpoint.every=2"));
    full.refused(
        Outcome.RESOURCE,
        "final checkpoint, of step 6",
        "rank-00000.safetensors",
        "Free space on that disk",
        "The last checkpoint has step 2");
    full.said("warning: checkpoint failed, step 4: rank 0: Cannot write").said("6/6");

    RunFiles files = program.files();
    assertEquals(List.of("latest", "step-00000002"), files.checkpointNames());
    program.train("train.steps=6").succeeded().said("goes on after step 2");
    assertEquals(LongStream.rangeClosed(1, 6).boxed().toList(), files.steps());
  }

  @Test
  void tokensThatDoNotFitAreNamedAndRemoved() throws IOException, InterruptedException {
    Program program = new Program(folder);
    program
        .runOnFullDisk(KIB, tiny())
        .refused(Outcome.RESOURCE, "data.cache", "runs/.data", "free some space");
    assertEquals(List.of(), RunFiles.names(folder.resolve("runs/.data")));
  }
}
