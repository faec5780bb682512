package dev.troupe.coordinator.journal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.troupe.proto.error.Category;
import dev.troupe.proto.error.TroupeException;
import dev.troupe.proto.message.JournalRecord;
import dev.troupe.proto.message.JournalRequest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import org.apache.pekko.actor.testkit.typed.javadsl.ActorTestKit;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class QuorumJournalTest {
  private static final ActorTestKit KIT = ActorTestKit.create();

  @TempDir Path folder;
  private final Map<String, ActorRef<JournalRequest>> keepers = new ConcurrentHashMap<>();

  @AfterAll
  static void shutDown() {
    KIT.shutdownTestKit();
  }

  @BeforeEach
  void startAll() {
    List.of("a", "b", "c").forEach(this::start);
  }

  private void start(String node) {
    keepers.put(node, KIT.spawn(KeeperActor.create(folder.resolve(node))));
  }

  private void kill(String node) {
    KIT.stop(keepers.remove(node));
  }

  private QuorumJournal journal() {
    CompletableFuture<QuorumJournal> made = new CompletableFuture<>();
    KIT.spawn(
        Behaviors.setup(
            context -> {
              made.complete(
                  QuorumJournal.start(
                      context,
                      3,
                      request -> keepers.values().forEach(keeper -> keeper.tell(request))));
              return Behaviors.empty();
            }));
    return made.join();
  }

  private static <T> T get(CompletionStage<T> stage) {
    return stage.toCompletableFuture().orTimeout(20, TimeUnit.SECONDS).join();
  }

  private static JournalRecord record(long term, long epoch, long committed) {
    return new JournalRecord(term, epoch, committed, 0, null, 3, null, List.of("a", "b"));
  }

  @Test
  void shouldGoOnWhereTheLastCoordinatorEndedThoughAKeeperIsGone() {
    QuorumJournal first = journal();
    assertEquals(JournalRecord.first(0).withTerm(1), get(first.open()));
    CompletionStage<Boolean> early = first.append(record(1, 1, 0));
    assertTrue(get(first.append(record(1, 1, 1))));
    assertTrue(get(early));
    kill("b");
    assertTrue(get(first.append(record(1, 1, 2))));
    QuorumJournal second = journal();
    assertEquals(record(2, 1, 2), get(second.open()));
    assertFalse(get(first.append(record(1, 1, 3))));
    assertFalse(get(first.append(record(1, 1, 4))));
    assertTrue(get(second.append(record(2, 2, 3))));
  }

  @Test
  void shouldWaitForAMajorityAndForKeepersThatComeBack() {
    QuorumJournal first = journal();
    get(first.open());
    kill("a");
    kill("b");
    CompletableFuture<Boolean> waits = first.append(record(1, 1, 1)).toCompletableFuture();
    QuorumJournal second = journal();
    CompletableFuture<JournalRecord> opens = second.open().toCompletableFuture();
    KIT.createTestProbe().expectNoMessage(Duration.ofMillis(300));
    assertFalse(waits.isDone() && !waits.isCompletedExceptionally() && waits.join());
    assertFalse(opens.isDone());
    start("b");
    JournalRecord read = get(opens);
    assertTrue(read.term() > 1, read::toString);
    assertTrue(read.committed() == 0 || read.equals(record(read.term(), 1, 1)), read::toString);
  }

  @Test
  void shouldFailWhatWaitsWhenItIsClosed() {
    QuorumJournal first = journal();
    get(first.open());
    kill("a");
    kill("b");
    CompletionStage<Boolean> waits = first.append(record(1, 1, 1));
    first.close();
    assertThrows(CompletionException.class, () -> get(waits));
  }

  @Test
  void shouldRefuseToKeepAJournalInADamagedFile() throws IOException {
    kill("a");
    Files.write(folder.resolve("a"), new byte[64]);
    TroupeException failure =
        assertInstanceOf(
            TroupeException.class,
            assertThrows(RuntimeException.class, () -> KeeperActor.create(folder.resolve("a"))));
    assertEquals(Category.DATA, failure.category());
  }
}
