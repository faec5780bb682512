package dev.troupe.data.text;

import static dev.troupe.data.testing.Failures.assertFails;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.troupe.proto.error.Category;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TextCorpusTest {
  @TempDir Path folder;

  @Test
  void textFileIsOneDocumentWithItsBlankLines() throws IOException {
    assertEquals(List.of("One.\n\nTwo.\n"), documents(write("a.txt", "One.\n\nTwo.\n")));
  }

  @Test
  void byteOrderMarkIsLeftOut() throws IOException {
    assertEquals(List.of("x\uFEFFy"), documents(write("a.txt", "\uFEFFx\uFEFFy")));
  }

  @Test
  void longTextComesWholeInPiecesThatEndAfterLines() throws IOException {
    String text = "Grüße an 😀 alle.\n".repeat(150_000);
    Collected collected = collect(write("a.txt", text));
    assertEquals(List.of(text), collected.documents());
    assertTrue(collected.pieces().size() > 2);
    assertTrue(collected.pieces().stream().allMatch(piece -> piece.endsWith("\n")));
  }

  @Test
  void longLinesAreNotCutInsideACharacter() throws IOException {
    String text = "x" + "😀".repeat(600_000);
    Collected collected = collect(write("a.txt", text));
    assertEquals(List.of(text), collected.documents());
    for (String piece : collected.pieces()) {
      assertTrue(piece.isEmpty() || !Character.isLowSurrogate(piece.charAt(0)));
    }
  }

  @Test
  void eachJsonLineIsADocument() throws IOException {
    Path file =
        write(
            "a.jsonl",
            """
            {"text": "One\\n\\u00e9", "meta": {"text": "no"}}

            {"id": [1, 2], "text": "Two"}
            """);
    assertEquals(List.of("One\né", "Two"), documents(file));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{\"text\": \"a\"",
        "not json",
        "[\"text\"]",
        "{\"text\": 5}",
        "{\"text\": null}",
        "{\"Text\": \"a\"}",
        "{\"text\": \"a\"} {\"text\": \"b\"}",
        "{'text': 'a'}"
      })
  void shouldNameFileAndLineWhenJsonIsBad(String line) throws IOException {
    Path file = write("a.jsonl", "{\"text\": \"fine\"}\n\n" + line + "\n");
    assertFails(Category.DATA, () -> documents(file), "a.jsonl line 3 ");
  }

  @Test
  void folderIsWalkedInSortedOrderWithoutHiddenOrOtherFiles() throws IOException {
    write("b.txt", "b");
    write("a/z.jsonl", "{\"text\": \"z\"}");
    write("a/A.TXT", "A");
    write("c.txt", "");
    write("d.md", "no");
    write(".hidden.txt", "no");
    write(".git/e.txt", "no");
    assertEquals(List.of("A", "z", "b"), documents(folder));
  }

  @Test
  void linksAreFollowedToFilesInsideTheFolderOnly(@TempDir Path outside) throws IOException {
    Files.writeString(outside.resolve("secret.txt"), "secret");
    write("a.txt", "a");
    write("..data/mounted.txt", "mounted");
    Files.createSymbolicLink(folder.resolve("link.txt"), outside.resolve("secret.txt"));
    Files.createSymbolicLink(folder.resolve("linked"), outside);
    Files.createSymbolicLink(folder.resolve("broken.txt"), folder.resolve("gone.txt"));
    Files.createSymbolicLink(folder.resolve("m.txt"), folder.resolve("..data/mounted.txt"));
    Files.createSymbolicLink(folder.resolve("again.txt"), folder.resolve("a.txt"));
    assertEquals(List.of("mounted", "a"), documents(folder));
  }

  @Test
  void fingerprintChangesWithSizeTimeAndFiles() throws IOException {
    Path file = write("a.txt", "abc");
    String before = TextCorpus.open(folder).fingerprint();
    assertEquals(before, TextCorpus.open(folder).fingerprint());
    Files.setLastModifiedTime(file, FileTime.fromMillis(1000));
    String touched = TextCorpus.open(folder).fingerprint();
    assertNotEquals(before, touched);
    write("b.txt", "b");
    assertNotEquals(touched, TextCorpus.open(folder).fingerprint());
  }

  @Test
  void shouldNameTheByteThatIsNotUtf8() throws IOException {
    byte[] text = "x".repeat(100_000).getBytes(StandardCharsets.UTF_8);
    text[70_001] = (byte) 0xE9;
    Path file = Files.write(folder.resolve("latin.txt"), text);
    assertFails(Category.DATA, () -> documents(file), "latin.txt", "offset 70001", "iconv");
  }

  @Test
  void shouldRefuseACharacterThatTheEndOfTheFileCuts() throws IOException {
    Path file = Files.write(folder.resolve("cut.txt"), new byte[] {'a', (byte) 0xE2, (byte) 0x82});
    assertFails(Category.DATA, () -> documents(file), "cut.txt", "offset 1");
  }

  @Test
  void shouldRefuseWhatHasNoText() throws IOException {
    assertFails(Category.DATA, () -> TextCorpus.open(folder.resolve("no")), "does not exist");
    assertFails(Category.DATA, () -> TextCorpus.open(folder), "has no .txt or .jsonl file");
    Path empty = write("empty.txt", "");
    assertFails(Category.DATA, () -> TextCorpus.open(empty), "empty.txt is empty");
    assertFails(Category.DATA, () -> TextCorpus.open(folder), "has no .txt or .jsonl file");
    Path other = write("a.pdf", "x");
    assertFails(Category.DATA, () -> TextCorpus.open(other), "neither .txt nor .jsonl");
  }

  @Test
  void shouldNameAFileThatVanished() throws IOException {
    Path file = write("a.txt", "x");
    TextCorpus corpus = TextCorpus.open(folder);
    Files.delete(file);
    assertFails(Category.DATA, () -> corpus.write(new Collected()), "a.txt cannot be read");
  }

  @Test
  void shouldNameAFolderThatMayNotBeRead() throws IOException {
    write("closed/a.txt", "x");
    Path closed = folder.resolve("closed");
    Files.setPosixFilePermissions(closed, PosixFilePermissions.fromString("---------"));
    try {
      assumeTrue(!Files.isReadable(closed), "the superuser may read everything");
      assertFails(Category.DATA, () -> TextCorpus.open(folder), "closed cannot be read");
    } finally {
      Files.setPosixFilePermissions(closed, PosixFilePermissions.fromString("rwx------"));
    }
  }

  private Path write(String name, String text) throws IOException {
    Path file = folder.resolve(name);
    Files.createDirectories(file.resolveSibling("."));
    return Files.writeString(file, text);
  }

  private static List<String> documents(Path path) {
    return collect(path).documents();
  }

  private static Collected collect(Path path) {
    TextCorpus corpus = TextCorpus.open(path);
    Collected collected = new Collected();
    corpus.write(collected);
    assertTrue(collected.done() <= corpus.total());
    return collected;
  }
}
