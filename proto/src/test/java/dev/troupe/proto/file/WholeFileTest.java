package dev.troupe.proto.file;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class WholeFileTest {
  @TempDir Path folder;

  @Test
  void aReaderOfTheOldFileKeepsIt() throws IOException {
    Path file = folder.resolve("file");
    WholeFile.write(file, "old");
    try (BufferedReader reader = Files.newBufferedReader(file)) {
      WholeFile.write(file, "new");
      assertEquals("old", reader.readLine());
    }
    assertEquals("new", Files.readString(file));
    assertFalse(Files.exists(folder.resolve("file.tmp")));
  }

  @Test
  void whatACrashLeftBesideItDoesNotMatter() throws IOException {
    Path file = folder.resolve("file");
    Files.writeString(folder.resolve("file.tmp"), "half of something longer");
    WholeFile.write(file, "all");
    assertEquals("all", Files.readString(file));
  }

  @Test
  void aFileThatCannotTakeItsPlaceLeavesNothing() throws IOException {
    Path full = folder.resolve("file");
    Files.createDirectories(full.resolve("inside"));
    assertThrows(IOException.class, () -> WholeFile.write(full, "new"));
    assertFalse(Files.exists(folder.resolve("file.tmp")));
  }

  @Test
  void rightsAreThereFromTheBeginning() throws IOException {
    assumeTrue(folder.getFileSystem().supportedFileAttributeViews().contains("posix"));
    Set<PosixFilePermission> owner = PosixFilePermissions.fromString("rw-------");
    Path file = folder.resolve("file");
    Files.writeString(folder.resolve("file.tmp"), "readable by all");
    WholeFile.write(file, new byte[3], PosixFilePermissions.asFileAttribute(owner));
    assertEquals(owner, Files.getPosixFilePermissions(file));
  }

  @Test
  void aRenewedFileIsAnotherWithTheSameContents() throws IOException {
    Path file = folder.resolve("file");
    WholeFile.renew(file); // there is none
    assertFalse(Files.exists(file));
    WholeFile.write(file, "text");
    Path link = Files.createLink(folder.resolve("link"), file);
    WholeFile.renew(file);
    Files.writeString(link, "changed");
    assertEquals("text", Files.readString(file));
  }
}
