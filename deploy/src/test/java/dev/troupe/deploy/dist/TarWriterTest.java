package dev.troupe.deploy.dist;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

@DisabledOnOs(OS.WINDOWS)
class TarWriterTest {
  private static final String DEEP = "a-folder-of-forty-characters-in-its-name/".repeat(3) + "file";

  @TempDir Path folder;

  private static byte[] tar(Path root) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    new TarWriter(out).write(root);
    return out.toByteArray();
  }

  private Path tree() throws IOException {
    Path root = Files.createDirectory(folder.resolve("tree"));
    Files.createDirectories(root.resolve(DEEP).resolveSibling("."));
    Files.writeString(root.resolve(DEEP), "deep");
    Files.write(root.resolve("block"), new byte[512]);
    Files.write(root.resolve("empty"), new byte[0]);
    Path run = Files.writeString(root.resolve("run"), "#!/bin/sh\necho \"$0\"\n");
    assertTrue(run.toFile().setExecutable(true));
    Files.createSymbolicLink(root.resolve("link"), Path.of("run"));
    return root;
  }

  @Test
  void tarUnpacksWhatWasWritten() throws Exception {
    Path archive = Files.write(folder.resolve("a.tar"), tar(tree()));
    Path out = Files.createDirectory(folder.resolve("out"));
    Process tar =
        new ProcessBuilder("tar", "-xf", archive.toString(), "-C", out.toString())
            .inheritIO()
            .start();
    assertEquals(0, tar.waitFor());

    Path root = out.resolve("tree");
    assertEquals("deep", Files.readString(root.resolve(DEEP)));
    assertEquals(512, Files.size(root.resolve("block")));
    assertEquals(0, Files.size(root.resolve("empty")));
    assertTrue(Files.isExecutable(root.resolve("run")));
    assertEquals(Path.of("run"), Files.readSymbolicLink(root.resolve("link")));
  }

  @Test
  void timesDoNotShow() throws Exception {
    Path root = tree();
    byte[] before = tar(root);
    Files.setLastModifiedTime(root.resolve("block"), FileTime.fromMillis(0));
    assertArrayEquals(before, tar(root));
  }

  @Test
  void aNameThatDoesNotFitIsRefused() throws Exception {
    Path root = Files.createDirectory(folder.resolve("tree"));
    Files.createFile(root.resolve("x".repeat(120)));
    assertThrows(IllegalArgumentException.class, () -> tar(root));
  }
}
