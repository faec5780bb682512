package dev.troupe.coordinator.journal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.troupe.proto.error.Category;
import dev.troupe.proto.error.TroupeException;
import dev.troupe.proto.message.JournalRecord;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FileJournalTest {
  private static final int SECOND_COPY = 32 << 10;

  @TempDir Path folder;
  private Path file;

  @BeforeEach
  void path() {
    file = folder.resolve("journal");
  }

  private static <T> T get(CompletionStage<T> stage) {
    return stage.toCompletableFuture().join();
  }

  private static TroupeException failure(CompletionStage<?> stage) {
    return assertInstanceOf(
        TroupeException.class,
        assertThrows(CompletionException.class, () -> get(stage)).getCause());
  }

  private static JournalRecord record(long term, long epoch, long committed) {
    return new JournalRecord(term, epoch, committed, 0, null, 3, null, List.of("node-0", "node-1"));
  }

  @Test
  void shouldBeginWithTheFirstTermWhenTheRunIsFresh() {
    try (FileJournal journal = new FileJournal(file)) {
      assertEquals(JournalRecord.first(0).withTerm(1), get(journal.open()));
    }
  }

  @Test
  void shouldGoOnFromTheLastRecordWithAGreaterTerm() {
    JournalRecord last = new JournalRecord(1, 2, 17, 0, null, 4, "Ctrl-C", List.of("a", "naïve"));
    try (FileJournal journal = new FileJournal(file)) {
      get(journal.open());
      assertTrue(get(journal.append(record(1, 1, 16))));
      assertTrue(get(journal.append(last)));
    }
    try (FileJournal journal = new FileJournal(file)) {
      assertEquals(last.withTerm(2), get(journal.open()));
    }
  }

  @Test
  void shouldRefuseAnOlderCoordinatorOnceANewerOneHasOpened() {
    try (FileJournal older = new FileJournal(file);
        FileJournal newer = new FileJournal(file)) {
      get(older.open());
      assertTrue(get(older.append(record(1, 1, 5))));
      assertEquals(record(2, 1, 5), get(newer.open()));
      assertFalse(get(older.append(record(1, 1, 6))));
      assertTrue(get(newer.append(record(2, 2, 6))));
      assertFalse(get(older.append(record(2, 3, 7))), "nor under the other's term");
    }
    try (FileJournal third = new FileJournal(file)) {
      assertEquals(record(3, 2, 6), get(third.open()));
    }
  }

  @Test
  void shouldGiveEveryCoordinatorATermOfItsOwnWhenSeveralOpenAtOnce() {
    List<FileJournal> journals =
        IntStream.range(0, 6).mapToObj(i -> new FileJournal(file)).toList();
    List<Long> terms =
        journals.stream().map(FileJournal::open).toList().stream()
            .map(stage -> get(stage).term())
            .sorted()
            .toList();
    assertEquals(List.of(1L, 2L, 3L, 4L, 5L, 6L), terms);
    journals.forEach(FileJournal::close);
    assertEquals(List.of(file), files());
  }

  private List<Path> files() {
    try (Stream<Path> all = Files.list(folder)) {
      return all.toList();
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  /** Whatever a write was cut off after, or whichever copy rotted: the other one has the record. */
  @Test
  void shouldReadTheOtherCopyWhenAnyByteOfOneIsDamaged() throws IOException {
    byte[] whole = bytesWith(9);
    int length = whole.length - SECOND_COPY;
    try (AcceptorFile acceptor = AcceptorFile.open(file, "a");
        FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
      for (int at = 0; at < length; at++) {
        for (int copy : new int[] {0, SECOND_COPY}) {
          write(channel, (byte) (whole[copy + at] ^ 0x40), copy + at);
          assertEquals(record(1, 1, 9), acceptor.read().record(), "byte " + (copy + at));
          write(channel, whole[copy + at], copy + at);
        }
      }
    }
  }

  private byte[] bytesWith(long committed) throws IOException {
    try (AcceptorFile acceptor = AcceptorFile.open(file, "a")) {
      acceptor.write(
          acceptor.read().accept("p", committed, record(1, 1, committed), List.of("a")), false);
    }
    return Files.readAllBytes(file);
  }

  private static void write(FileChannel channel, byte value, long position) throws IOException {
    channel.write(ByteBuffer.wrap(new byte[] {value}), position);
  }

  @Test
  void shouldReadTheRecordBeforeWhenTheFirstCopyIsHalfWritten() throws IOException {
    byte[] before = bytesWith(8);
    byte[] after = bytesWith(9);
    Files.write(file, before);
    int length = after.length - SECOND_COPY;
    long seen = 8;
    try (AcceptorFile acceptor = AcceptorFile.open(file, "a");
        FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
      for (int written = 0; written < length; written++) {
        write(channel, after[written], written);
        long committed = Objects.requireNonNull(acceptor.read().record()).committed();
        assertTrue(committed == seen || committed == 9, "after byte " + written);
        seen = committed;
      }
    }
    assertEquals(9, seen);
  }

  @Test
  void shouldSayWhatToDoWhenBothCopiesAreDamaged() throws IOException {
    try (FileJournal journal = new FileJournal(file)) {
      get(journal.open());
    }
    byte[] bytes = Files.readAllBytes(file);
    bytes[30] ^= 1;
    bytes[SECOND_COPY + 30] ^= 1;
    Files.write(file, bytes);
    try (FileJournal journal = new FileJournal(file)) {
      TroupeException failure = failure(journal.open());
      assertEquals(Category.DATA, failure.category());
      assertTrue(
          String.valueOf(failure.getMessage()).contains(file.toString()), failure.getMessage());
      assertTrue(String.valueOf(failure.getMessage()).contains("remove it"), failure.getMessage());
    }
    Files.write(file, new byte[0]);
    try (FileJournal journal = new FileJournal(file)) {
      assertEquals(Category.DATA, failure(journal.open()).category());
    }
  }

  @Test
  void shouldSayWhereTheJournalCannotBeMade() throws IOException {
    Files.writeString(file, "a file, where a folder is needed");
    try (FileJournal journal = new FileJournal(file.resolve("journal"))) {
      TroupeException failure = failure(journal.open());
      assertEquals(Category.RESOURCE, failure.category());
      assertTrue(
          String.valueOf(failure.getMessage()).contains(file.toString()), failure.getMessage());
    }
  }
}
