package dev.troupe.collectives.comm.local;

import dev.troupe.collectives.comm.Communicator;
import dev.troupe.collectives.comm.CommunicatorAbortedException;
import dev.troupe.collectives.comm.Pending;
import dev.troupe.collectives.comm.ReduceOp;
import dev.troupe.collectives.comm.call.Call;
import dev.troupe.collectives.comm.call.Exchange;
import dev.troupe.collectives.comm.call.Signature.Kind;
import dev.troupe.collectives.comm.local.Mailboxes.Letter;
import dev.troupe.collectives.device.BufferView;
import dev.troupe.collectives.device.cpu.Backoff;
import dev.troupe.collectives.device.cpu.CpuBuffer;
import java.lang.foreign.MemorySegment;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * One rank's end of a {@link LocalGroup}. Starting a collective publishes the rank's buffers and
 * returns; {@code await} waits for the others, does this rank's part over everyone's buffers, and
 * waits until all have done theirs.
 *
 * <p>When ranks disagree about a collective, every rank gets an {@link IllegalStateException} that
 * names both sides, nothing is written, and the communicator stays usable. A failure in the middle
 * of the work, such as a buffer that was closed, aborts the group.
 */
final class LocalCommunicator implements Communicator {
  private final LocalGroup group;
  private final int rank;
  private final int size;
  private final Exchange exchange;
  private final Call[] sides;
  private final Backoff backoff = new Backoff();
  private final Runnable onClose;
  private @Nullable Call underWay;
  private long number;
  private boolean closed;

  /**
   * Creates the end of one rank.
   *
   * @param rank index in the group
   * @param onClose called once, when this end is closed
   */
  LocalCommunicator(LocalGroup group, int rank, Runnable onClose) {
    this.group = group;
    this.rank = rank;
    this.size = group.size();
    this.exchange = new Exchange(rank, size);
    this.sides = new Call[size];
    this.onClose = onClose;
  }

  @Override
  public int rank() {
    return rank;
  }

  @Override
  public int size() {
    return size;
  }

  @Override
  public Pending allReduce(BufferView data, ReduceOp op) {
    return start(Call.allReduce(data, op));
  }

  @Override
  public Pending reduceScatter(BufferView send, BufferView recv) {
    return start(Call.reduceScatter(send, recv, rank, size));
  }

  @Override
  public Pending reduceScatterAdd(BufferView send, BufferView recv, int contributors) {
    return start(Call.reduceScatterAdd(send, recv, contributors, size));
  }

  @Override
  public Pending allGather(BufferView send, BufferView recv) {
    return start(Call.allGather(send, recv, rank, size));
  }

  @Override
  public Pending broadcast(BufferView data, int root) {
    return start(Call.broadcast(data, root, size));
  }

  @Override
  public Pending allToAll(BufferView send, BufferView recv) {
    return start(Call.allToAll(send, recv, size));
  }

  @Override
  public void barrier() {
    start(Call.barrier()).await();
  }

  @Override
  public void send(BufferView data, int peer) {
    requirePeer(peer);
    Letter letter = new Letter(data.type(), CpuBuffer.segmentOf(data));
    prepare();
    group.mailboxes().put(rank, peer, letter);
    group.await(peer, backoff, letter::isAnswered);
    letter.requireTaken();
  }

  @Override
  public void recv(BufferView data, int peer) {
    requirePeer(peer);
    MemorySegment to = CpuBuffer.segmentOf(data);
    prepare();
    group.await(peer, backoff, () -> group.mailboxes().hasLetter(peer, rank));
    Letter letter = group.mailboxes().remove(peer, rank);
    guarded(() -> letter.take(data.type(), to));
    letter.requireTaken();
  }

  @Override
  public void abort(String reason) {
    group.abort(reason);
  }

  @Override
  public void close() {
    if (!closed) {
      closed = true;
      if (underWay != null) {
        group.abort("rank " + rank + " closed its communicator with a collective under way");
      }
      onClose.run();
    }
  }

  private Pending start(Call call) {
    prepare();
    if (size == 1) {
      sides[0] = call;
      exchange.perform(sides);
      return Pending.DONE;
    }
    number++;
    group.publish(rank, number, call);
    underWay = call;
    long started = number;
    return () -> {
      // Otherwise a later collective has completed this one.
      if (started == number) {
        complete();
      }
    };
  }

  private void prepare() {
    if (closed) {
      throw new IllegalStateException("communicator of " + group.group().name() + " is closed");
    }
    complete();
    group.checkAborted();
  }

  private void complete() {
    Call call = underWay;
    if (call == null) {
      return;
    }
    underWay = null;
    group.awaitPublished(rank, number, backoff, sides);
    if (call.signature().kind() != Kind.BARRIER) {
      guarded(() -> exchange.perform(sides));
      group.finish(rank, number);
      group.awaitFinished(rank, number, backoff);
    }
  }

  /** Work on others' memory: who fails in it ends the group, or the others would wait forever. */
  private void guarded(Runnable work) {
    try {
      work.run();
    } catch (RuntimeException | Error e) {
      String earlier = group.abortReason();
      if (earlier != null) {
        throw new CommunicatorAbortedException(earlier);
      }
      group.abort("rank " + rank + " of group " + group.group().name() + " failed: " + e);
      throw e;
    }
  }

  private void requirePeer(int peer) {
    Objects.checkIndex(peer, size);
    if (peer == rank) {
      throw new IllegalArgumentException("rank " + rank + " cannot exchange with itself");
    }
  }
}
