package dev.troupe.deploy.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.troupe.deploy.api.Boards;
import dev.troupe.deploy.api.Served;
import dev.troupe.proto.error.Category;
import dev.troupe.proto.error.TroupeException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RunFinderTest {
  @TempDir Path runs;

  private Path run(String name, long millis) throws IOException {
    Path run = Served.runFolder(runs, name);
    Files.setLastModifiedTime(run.resolve("job.conf"), FileTime.fromMillis(millis));
    return run;
  }

  @Test
  void aRunIsFoundByNameOrFolder() throws IOException {
    Path a = run("a", 1_000);
    assertEquals(a, RunFinder.find(runs, "a"));
    assertEquals(a, RunFinder.find(Path.of("elsewhere"), a.toString()));
  }

  @Test
  void aRunThatLivesComesBeforeANewerOne() throws IOException {
    Path a = run("a", 1_000);
    Path b = run("b", 2_000);
    Files.createDirectories(runs.resolve("c"));
    assertEquals(b, RunFinder.find(runs, null));
    try (Served _ = new Served(Boards.training(), a, null)) {
      assertEquals(a, RunFinder.find(runs, null));
    }
    assertEquals(b, RunFinder.find(runs, null));
  }

  @Test
  void noRunIsAUsageError() {
    for (Path folder : new Path[] {runs, runs.resolve("none")}) {
      TroupeException e = assertThrows(TroupeException.class, () -> RunFinder.find(folder, null));
      assertEquals(Category.USAGE, e.category());
    }
    assertThrows(TroupeException.class, () -> RunFinder.find(runs, "none"));
    assertThrows(TroupeException.class, () -> RunFinder.find(runs, "nul\0"));
  }
}
