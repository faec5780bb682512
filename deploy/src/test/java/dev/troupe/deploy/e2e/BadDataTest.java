package dev.troupe.deploy.e2e;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Data that cannot be trained on is named, and nothing is made of it. */
class BadDataTest {
  @TempDir Path folder;

  private Outcome train(Path data) {
    return new Program(folder).train("data.path=" + data);
  }

  private void assertNoRun() throws IOException {
    assertEquals(List.of(), RunFiles.names(folder.resolve("runs/tiny")));
  }

  @Test
  void refusesWhatIsNotThere() throws IOException {
    Path missing = folder.resolve("books");
    train(missing).refused(Outcome.DATA, missing.toString(), "does not exist", "give a .txt");
    assertNoRun();
  }

  @Test
  void refusesAnEmptyFile() throws IOException {
    Path empty = Files.createFile(folder.resolve("empty.txt"));
    train(empty).refused(Outcome.DATA, empty + " is empty");
    assertNoRun();
  }

  @Test
  void refusesAFolderWithoutText() throws IOException {
    Path texts = Files.createDirectories(folder.resolve("texts"));
    Files.writeString(texts.resolve("picture.png"), "x");
    train(texts).refused(Outcome.DATA, texts.toString(), "no .txt or .jsonl");
    assertNoRun();
  }

  @Test
  void refusesTooLittleText() throws IOException {
    Path little = Files.writeString(folder.resolve("little.txt"), "Too little.");
    train(little).refused(Outcome.DATA, little.toString(), "train.seq-length");
  }

  @Test
  void namesTheLineOfBrokenJson() throws IOException {
    Path lines =
        Files.writeString(folder.resolve("a.jsonl"), "{\"text\": \"fine\"}\n{\"txt\": \"no\"}\n");
    train(lines).refused(Outcome.DATA, lines.toString(), "2", "text");
    assertEquals(List.of(), RunFiles.names(folder.resolve("runs/.data")));
  }

  @Test
  void refusesTokenFilesThatAreCutOffOrIncomplete() throws IOException {
    Path text =
        Files.writeString(folder.resolve("a.txt"), "A sentence like any other.\n".repeat(99));
    new Program(folder).train("data.path=" + text, "train.steps=1").succeeded();
    Path cache = folder.resolve("runs/.data");
    String name = RunFiles.names(cache).getFirst().replace(".bin", "");
    Path idx = Files.copy(cache.resolve(name + ".idx"), folder.resolve("pair.idx"));
    Path bin = Files.copy(cache.resolve(name + ".bin"), folder.resolve("pair.bin"));
    Path prefix = folder.resolve("pair");
    byte[] index = Files.readAllBytes(idx);
    byte[] tokens = Files.readAllBytes(bin);

    Files.write(idx, Arrays.copyOf(index, index.length - 3));
    train(prefix).refused(Outcome.DATA, idx.toString());
    Files.write(idx, Arrays.copyOf(index, 5));
    train(prefix).refused(Outcome.DATA, idx.toString());
    Files.write(idx, index);
    Files.write(bin, Arrays.copyOf(tokens, tokens.length / 2));
    train(prefix).refused(Outcome.DATA, bin.toString());
    Files.delete(bin);
    train(prefix).refused(Outcome.DATA, bin.toString());
    Files.delete(idx);
    Files.write(bin, tokens);
    train(bin).refused(Outcome.DATA, idx.toString());
  }

  @Test
  void refusesAFolderThatCannotBeRead() throws IOException {
    Path texts = Files.createDirectories(folder.resolve("texts/locked"));
    Files.writeString(texts.resolve("a.txt"), "text");
    Files.setPosixFilePermissions(texts, PosixFilePermissions.fromString("---------"));
    try {
      assumeFalse(Files.isReadable(texts), "root reads everything");
      train(folder.resolve("texts"))
          .refused(Outcome.DATA, texts.toString(), "check its permissions");
    } finally {
      Files.setPosixFilePermissions(texts, PosixFilePermissions.fromString("rwx------"));
    }
    assertNoRun();
  }
}
