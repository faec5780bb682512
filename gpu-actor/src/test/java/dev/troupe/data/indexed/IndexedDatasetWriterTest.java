package dev.troupe.data.indexed;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.troupe.data.testing.Streams;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class IndexedDatasetWriterTest {
  @TempDir Path folder;

  @Test
  void nothingHasItsNameBeforePublishing() throws IOException {
    try (var writer = new IndexedDatasetWriter(folder.resolve("d"), TokenType.UINT8)) {
      writer.add(new int[] {1}, 0, 1);
      assertEquals(
          2, names().stream().filter(n -> n.contains(IndexedDatasetWriter.TEMPORARY)).count());
      writer.publish();
      assertEquals(List.of("d.bin", "d.idx"), names());
    }
    assertEquals(List.of("d.bin", "d.idx"), names());
  }

  @Test
  void closingWithoutPublishingLeavesNothing() throws IOException {
    try (var writer = new IndexedDatasetWriter(folder.resolve("d"), TokenType.UINT8)) {
      writer.add(new int[] {1}, 0, 1);
    }
    assertEquals(List.of(), names());
  }

  @Test
  void shouldRefuseIdsThatTheTypeCannotHold() throws IOException {
    try (var writer = new IndexedDatasetWriter(folder.resolve("d"), TokenType.UINT16)) {
      assertThrows(IllegalArgumentException.class, () -> writer.add(new int[] {65536}, 0, 1));
      assertThrows(IllegalArgumentException.class, () -> writer.add(new int[] {-1}, 0, 1));
    }
  }

  @Test
  void shouldFailWhenTheFolderIsMissing() {
    assertThrows(
        NoSuchFileException.class,
        () -> new IndexedDatasetWriter(folder.resolve("no/d"), TokenType.UINT8).close());
  }

  @Test
  void documentsLongerThanASequenceStayOneDocument() throws IOException {
    int[] ids = IntStream.range(0, 10).toArray();
    try (var writer = new IndexedDatasetWriter(folder.resolve("d"), TokenType.UINT8, 4)) {
      writer.add(ids, 0, 10);
      writer.endDocument();
      writer.add(ids, 0, 4);
      writer.endDocument();
      writer.publish();
    }
    // Sequences of 4, 4, 2 and 4 tokens, documents of 3 and 1 sequences.
    assertEquals(34 + 4 * 12 + 3 * 8, Files.size(folder.resolve("d.idx")));
    try (Arena arena = Arena.ofConfined()) {
      IndexedDataset dataset = IndexedDataset.open(folder.resolve("d"), "d", arena);
      assertEquals(2, dataset.documents());
      assertArrayEquals(ids, Streams.document(dataset, 0));
      assertEquals(4, Streams.document(dataset, 1).length);
    }
  }

  @Test
  void manyDocumentsExceedEveryBuffer() throws IOException {
    int documents = 300_000;
    try (var writer = new IndexedDatasetWriter(folder.resolve("d"), TokenType.INT32)) {
      for (int d = 0; d < documents; d++) {
        writer.add(new int[] {d, d, d}, 0, 1 + d % 3);
        writer.endDocument();
      }
      writer.publish();
    }
    try (Arena arena = Arena.ofConfined()) {
      IndexedDataset dataset = IndexedDataset.open(folder.resolve("d"), "d", arena);
      assertEquals(documents, dataset.documents());
      assertEquals(2L * documents, dataset.tokens());
      assertArrayEquals(new int[] {200_000, 200_000, 200_000}, Streams.document(dataset, 200_000));
    }
  }

  private List<String> names() throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files.map(file -> file.getFileName().toString()).sorted().toList();
    }
  }
}
