package dev.troupe.deploy.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.troupe.proto.error.TroupeException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LatestRunTest {
  @TempDir Path runs;

  @Test
  void theRunThatSavedLastIsFound() throws IOException {
    run("a", 1_000);
    Path newest = run("b", 3_000);
    run("c", 2_000);
    Files.createDirectories(runs.resolve("d/checkpoints"));
    Files.writeString(runs.resolve("notes.txt"), "");
    assertEquals(newest, LatestRun.checkpoints(runs));
  }

  @Test
  void noRunIsAUsageError() {
    assertThrows(TroupeException.class, () -> LatestRun.checkpoints(runs));
    assertThrows(TroupeException.class, () -> LatestRun.checkpoints(runs.resolve("none")));
  }

  private Path run(String name, long millis) throws IOException {
    Path checkpoints = Files.createDirectories(runs.resolve(name).resolve("checkpoints"));
    Path latest = Files.writeString(checkpoints.resolve("latest"), "step-00000001");
    Files.setLastModifiedTime(latest, FileTime.fromMillis(millis));
    return checkpoints;
  }
}
