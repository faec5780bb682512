package dev.troupe.deploy.cluster;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.troupe.deploy.process.PrivateFolder;
import dev.troupe.proto.error.Category;
import dev.troupe.proto.error.TroupeException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.concurrent.TimeUnit;
import org.agrona.IoUtil;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MediaDriverProcessTest {
  private static final long LIMIT_SECONDS = 20;

  @TempDir Path temporary;
  private Path root = Path.of("");

  @BeforeEach
  void makeRoot() throws IOException {
    root = Files.createTempDirectory(DriverDirectory.root(), "test-");
  }

  @AfterEach
  void removeRoot() {
    IoUtil.delete(root.toFile(), true);
  }

  @Test
  void aDriverServesUntilItIsClosed() throws Exception {
    Path directory = DriverDirectory.of(root, "a");
    assertFalse(DriverDirectory.active(directory));

    MediaDriverProcess driver = MediaDriverProcess.start(directory);
    assertTrue(DriverDirectory.active(directory));
    TroupeException twice =
        assertThrows(TroupeException.class, () -> MediaDriverProcess.start(directory));
    assertEquals(Category.RESOURCE, twice.category());
    DriverDirectory.removeStale(root);
    assertTrue(DriverDirectory.active(directory));

    driver.close();
    assertEquals(0, driver.onExit().get(LIMIT_SECONDS, TimeUnit.SECONDS));
    assertFalse(Files.exists(directory));
  }

  /** Ctrl-C in a terminal reaches every process of its group. */
  @Test
  void interruptsAreTheParentsAffair() throws Exception {
    Path directory = DriverDirectory.of(root, "a");
    try (MediaDriverProcess driver = MediaDriverProcess.start(directory)) {
      for (String signal : new String[] {"INT", "HUP"}) {
        new ProcessBuilder("kill", "-" + signal, Long.toString(driver.pid())).start().waitFor();
      }

      assertFalse(driver.onExit().isDone());
      assertTrue(DriverDirectory.active(directory));
      new ProcessBuilder("kill", "-TERM", Long.toString(driver.pid())).start().waitFor();
      driver.onExit().get(LIMIT_SECONDS, TimeUnit.SECONDS);
    }
  }

  @Test
  void whatAKilledDriverLeavesIsRemoved() throws Exception {
    Path directory = DriverDirectory.of(root, "a");
    MediaDriverProcess driver = MediaDriverProcess.start(directory);
    ProcessHandle.of(driver.pid()).orElseThrow().destroyForcibly();
    driver.onExit().get(LIMIT_SECONDS, TimeUnit.SECONDS);
    assertTrue(Files.exists(directory));

    Member.await("its clock stands still", () -> !DriverDirectory.active(directory));
    DriverDirectory.removeStale(root);

    assertFalse(Files.exists(directory));
  }

  @Test
  void aFolderThatIsJustBeingMadeStays() throws IOException {
    Path starting = Files.createDirectory(DriverDirectory.of(root, "starting"));
    Path old = Files.createDirectory(DriverDirectory.of(root, "old"));
    Files.setLastModifiedTime(old, FileTime.from(Instant.now().minusSeconds(60)));
    Path link = Files.createSymbolicLink(root.resolve("aeron-link"), temporary);

    DriverDirectory.removeStale(root);

    assertTrue(Files.exists(starting));
    assertFalse(Files.exists(old));
    assertTrue(Files.exists(link) && Files.exists(temporary));
  }

  @Test
  void aDriverThatCannotStartSaysWhyAndWhatToDo() throws IOException {
    Path file = Files.createFile(temporary.resolve("file"));

    TroupeException error =
        assertThrows(
            TroupeException.class, () -> MediaDriverProcess.start(file.resolve("aeron-a")));

    assertEquals(Category.RESOURCE, error.category());
    assertTrue(error.toString().contains("MiB free"), error::toString);
    assertTrue(error.toString().contains("--shm-size"), error::toString);
  }

  @Test
  void theRootIsThisUsersAlone() throws IOException {
    assertEquals(
        PosixFilePermissions.fromString("rwx------"),
        Files.getPosixFilePermissions(DriverDirectory.root()));

    Path open = Files.createDirectory(temporary.resolve("open"));
    Files.setPosixFilePermissions(open, PosixFilePermissions.fromString("rwxrwx---"));
    Path link = Files.createSymbolicLink(temporary.resolve("link"), root);
    for (Path folder : new Path[] {open, link}) {
      TroupeException error = assertThrows(TroupeException.class, () -> PrivateFolder.of(folder));
      assertTrue(error.toString().contains(folder.toString()), error::toString);
    }
  }

  @Test
  void aNameIsNoPath() {
    for (String name : new String[] {"../a", "a/b", "", ".", "a".repeat(65)}) {
      assertThrows(IllegalArgumentException.class, () -> DriverDirectory.of(root, name));
    }
  }
}
