package dev.troupe.collectives.comm;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.troupe.collectives.device.BufferView;
import dev.troupe.collectives.device.DataType;
import dev.troupe.collectives.mesh.DeviceMesh;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a communicator does when calls overlap, disagree, end early or make no sense. */
@Timeout(60)
public abstract class CommunicatorContract {
  private static final DeviceMesh PAIR = new DeviceMesh(2, 1);

  private final Ranks ranks = newRanks();
  private final long epoch = ranks.newEpoch(PAIR);

  /** Where the ranks are. */
  protected abstract Ranks newRanks();

  @AfterEach
  void close() {
    ranks.close();
  }

  private Communicator open(long epoch, int rank) {
    return ranks.communicators(rank).open(epoch, PAIR.world(), rank);
  }

  @Test
  void startingACollectiveDoesNotWaitForTheOthers() throws InterruptedException {
    BufferView mine = ones(0, 64);
    BufferView theirs = ones(1, 64);
    Communicator first = open(epoch, 0);
    Communicator second = open(epoch, 1);
    Pending pending = first.allReduce(mine, ReduceOp.SUM);
    // Only now does the other rank come to life, so the line above cannot have waited for it.
    Thread other = Thread.startVirtualThread(() -> second.allReduce(theirs, ReduceOp.SUM).await());
    pending.await();
    assertEquals(2, TestData.get(mine, 63));
    other.join();
    assertEquals(2, TestData.get(theirs, 0));
  }

  @Test
  void startingTheNextCollectiveCompletesTheOneBefore() {
    List<Double> sums =
        ranks.run(
            3,
            comm -> {
              BufferView data = ones(comm, 100);
              Pending sum = comm.allReduce(data, ReduceOp.SUM);
              Pending again = comm.allReduce(data, ReduceOp.SUM);
              sum.await();
              again.await();
              again.await();
              Pending last = comm.allReduce(data, ReduceOp.MAX);
              comm.barrier();
              double seen = TestData.get(data, 99);
              last.await();
              return seen;
            });
    assertEquals(List.of(9.0, 9.0, 9.0), sums);
  }

  @Test
  void everyRankLearnsOfACallThatDiffers() {
    assertDisagreement(
        "calls all-reduce-sum of 8 x FLOAT32",
        "calls all-reduce-max of 8 x FLOAT32",
        comm ->
            comm.allReduce(ones(comm, 8), comm.rank() == 0 ? ReduceOp.SUM : ReduceOp.MAX).await());
    assertDisagreement(
        "of 8 x FLOAT32",
        "of 9 x FLOAT32",
        comm -> comm.allReduce(ones(comm, 8 + comm.rank()), ReduceOp.SUM).await());
    assertDisagreement(
        "of 8 x FLOAT32",
        "of 8 x INT32",
        comm -> {
          DataType type = comm.rank() == 0 ? DataType.FLOAT32 : DataType.INT32;
          comm.broadcast(TestData.zeros(ranks.device(comm.rank()), type, 8), 0).await();
        });
    assertDisagreement(
        "from rank 0", "from rank 1", comm -> comm.broadcast(ones(comm, 8), comm.rank()).await());
    assertDisagreement(
        "calls barrier",
        "calls broadcast",
        comm -> {
          if (comm.rank() == 0) {
            comm.barrier();
          } else {
            comm.broadcast(ones(comm, 8), 0).await();
          }
        });
  }

  private interface Step {
    void run(Communicator comm);
  }

  private void assertDisagreement(String rank0, String rank1, Step step) {
    List<Double> sums =
        ranks.run(
            2,
            comm -> {
              IllegalStateException e =
                  assertThrows(IllegalStateException.class, () -> step.run(comm));
              String message = String.valueOf(e.getMessage());
              assertTrue(message.contains(rank0) && message.contains(rank1), message);
              BufferView data = ones(comm, 8);
              comm.allReduce(data, ReduceOp.SUM).await();
              return TestData.get(data, 7);
            });
    assertEquals(List.of(2.0, 2.0), sums);
  }

  @Test
  void aMessageThatDoesNotFitIsAnErrorOnBothSides() {
    List<String> messages =
        ranks.run(
            2,
            comm -> {
              Executable call =
                  comm.rank() == 0
                      ? () -> comm.send(ones(comm, 8), 1)
                      : () -> comm.recv(ones(comm, 9), 0);
              return String.valueOf(assertThrows(IllegalStateException.class, call).getMessage());
            });
    String expected = "send of 32 bytes of FLOAT32 meets recv of 36 bytes of FLOAT32";
    assertEquals(List.of(expected, expected), messages);
  }

  @Test
  void abortEndsEveryWaitAndLasts() throws InterruptedException {
    assertAborts(comm -> comm.allReduce(ones(comm, 8), ReduceOp.SUM).await());
    assertAborts(Communicator::barrier);
    assertAborts(comm -> comm.send(ones(comm, 8), 1));
    assertAborts(comm -> comm.recv(ones(comm, 8), 1));
  }

  private void assertAborts(Step step) throws InterruptedException {
    long fresh = ranks.newEpoch(PAIR);
    Communicator waiting = open(fresh, 0);
    Communicator absent = open(fresh, 1);
    Thread waiter = Thread.currentThread();
    Thread aborter =
        Thread.startVirtualThread(
            () -> {
              while (waiter.getState() != Thread.State.TIMED_WAITING) {
                Thread.yield();
              }
              absent.abort("rank 1 is lost");
              absent.abort("a later reason");
            });
    assertAborted("rank 1 is lost", () -> step.run(waiting));
    assertAborted("rank 1 is lost", waiting::barrier);
    assertAborted("rank 1 is lost", () -> absent.allReduce(ones(absent, 8), ReduceOp.SUM));
    aborter.join();
  }

  @Test
  void abortOfAnEpochReachesLateComersButNoOtherEpoch() {
    Communicator early = open(epoch, 0);
    ranks.communicators(0).abort(epoch, "epoch 2 begins");
    Communicator late = open(epoch, 1);
    assertAborted("epoch 2 begins", early::barrier);
    assertAborted("epoch 2 begins", late::barrier);
    DeviceMesh one = new DeviceMesh(1, 1);
    Communicator alone = ranks.communicators(0).open(ranks.newEpoch(one), one.world(), 0);
    alone.barrier();
  }

  @Test
  void aRankThatClosesEarlyIsNotWaitedFor() {
    Communicator stays = open(epoch, 0);
    Communicator leaves = open(epoch, 1);
    leaves.close();
    leaves.close();
    assertAborted("rank 1 of group world has closed its communicator", stays::barrier);
    assertThrows(IllegalStateException.class, leaves::barrier);
  }

  @ParameterizedTest
  @ValueSource(ints = {8, 100_000})
  void aFailureInTheWorkEndsTheGroup(int count) {
    List<Boolean> aborted =
        ranks.run(
            2,
            comm -> {
              BufferView data = ones(comm, count);
              if (comm.rank() == 1) {
                data.buffer().close();
              }
              RuntimeException e =
                  assertThrows(
                      RuntimeException.class, () -> comm.allReduce(data, ReduceOp.SUM).await());
              assertThrows(CommunicatorAbortedException.class, comm::barrier);
              return e instanceof CommunicatorAbortedException
                  || e instanceof IllegalStateException;
            });
    assertFalse(aborted.contains(false));
  }

  @Test
  void anEndIsOpenedOnceUntilAllAreClosed() {
    Communicator first = open(epoch, 0);
    assertThrows(IllegalStateException.class, () -> open(epoch, 0));
    Communicator second = open(epoch, 1);
    first.close();
    second.close();
    open(epoch, 0).close();
  }

  @Test
  void callsThatMakeNoSenseAreRefused() {
    Communicator comm = open(epoch, 0);
    BufferView data = ones(comm, 8);
    refuse(() -> comm.reduceScatter(data, ones(comm, 8)));
    refuse(() -> comm.reduceScatter(data, data.slice(4, 4)));
    refuse(() -> comm.reduceScatter(data, data.slice(2, 4)));
    refuse(() -> comm.reduceScatterAdd(data, data.slice(0, 4), 1));
    refuse(() -> comm.reduceScatterAdd(data, ones(comm, 4), 3));
    refuse(() -> comm.reduceScatterAdd(data, ones(comm, 4), 0));
    refuse(() -> comm.allGather(data, ones(comm, 8)));
    refuse(() -> comm.allGather(data.slice(4, 4), data));
    refuse(() -> comm.allToAll(ones(comm, 7), ones(comm, 7)));
    refuse(() -> comm.allToAll(data, data));
    refuse(() -> comm.send(data, 0));
    refuse(() -> comm.allReduce(new BufferView(data.buffer(), 0, 8, DataType.INT8), ReduceOp.SUM));
    assertThrows(IndexOutOfBoundsException.class, () -> comm.broadcast(data, 2));
    assertThrows(IndexOutOfBoundsException.class, () -> comm.recv(data, -1));
    assertThrows(IndexOutOfBoundsException.class, () -> comm.shift(data, ones(comm, 8), 0));
    assertThrows(IndexOutOfBoundsException.class, () -> comm.shift(data, ones(comm, 8), 2));
  }

  private BufferView ones(Communicator comm, int count) {
    return ones(comm.rank(), count);
  }

  private BufferView ones(int rank, int count) {
    BufferView view = TestData.zeros(ranks.device(rank), DataType.FLOAT32, count);
    for (int i = 0; i < count; i++) {
      TestData.set(view, i, 1);
    }
    return view;
  }

  private static void refuse(Executable call) {
    assertThrows(IllegalArgumentException.class, call);
  }

  private static void assertAborted(String reason, Executable call) {
    assertEquals(reason, assertThrows(CommunicatorAbortedException.class, call).getMessage());
  }
}
