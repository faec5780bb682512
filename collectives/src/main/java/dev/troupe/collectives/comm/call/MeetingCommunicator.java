package dev.troupe.collectives.comm.call;

import dev.troupe.collectives.comm.Communicator;
import dev.troupe.collectives.comm.CommunicatorAbortedException;
import dev.troupe.collectives.comm.Pending;
import dev.troupe.collectives.comm.ReduceOp;
import dev.troupe.collectives.comm.call.Signature.Kind;
import dev.troupe.collectives.device.BufferView;
import dev.troupe.collectives.device.cpu.CpuBuffer;
import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;

/**
 * One rank's end of a group whose ranks see each other's memory. Starting a collective publishes
 * the rank's buffers and returns; {@code await} waits for the others, does this rank's part, and
 * waits until all have done theirs.
 *
 * <p>When ranks disagree about a collective, every rank gets an {@link IllegalStateException} that
 * names both sides, nothing is written, and the communicator stays usable. A failure in the middle
 * of the work, such as a buffer that was closed, aborts the group.
 */
public final class MeetingCommunicator implements Communicator {
  private final Meeting meeting;
  private final int rank;
  private final int size;
  private final Exchange alone;
  private @Nullable Call underWay;
  private long number;
  private boolean closed;

  /** The call of the last all-reduce: small ones come with the same data again and again. */
  private @Nullable Call lastCall;

  private @Nullable BufferView lastData;
  private @Nullable ReduceOp lastOp;

  /** Creates the end of the rank whose view is given, and which is closed with it. */
  public MeetingCommunicator(Meeting meeting) {
    this.meeting = meeting;
    this.rank = meeting.rank();
    this.size = meeting.group().size();
    this.alone = new Exchange(rank, size);
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
    Call call = lastCall;
    if (call == null || op != lastOp || !data.equals(lastData)) {
      call = Call.allReduce(data, op);
      lastCall = call;
      lastData = data;
      lastOp = op;
    }
    return start(call);
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
    Arguments.requirePeer(peer, rank, size);
    MemorySegment from = CpuBuffer.segmentOf(data);
    prepare();
    meeting.send(data.type(), from, peer);
  }

  @Override
  public void recv(BufferView data, int peer) {
    Arguments.requirePeer(peer, rank, size);
    MemorySegment to = CpuBuffer.segmentOf(data);
    prepare();
    meeting.recv(data.type(), to, peer);
  }

  @Override
  public void abort(String reason) {
    meeting.abort(reason);
  }

  @Override
  public void close() {
    if (!closed) {
      closed = true;
      if (underWay != null) {
        meeting.abort("rank " + rank + " closed its communicator with a collective under way");
      }
      lastCall = null;
      lastData = null;
      meeting.close();
    }
  }

  private Pending start(Call call) {
    prepare();
    if (size == 1) {
      alone.perform(new Call[] {call});
      return Pending.DONE;
    }
    long started = ++number;
    underWay = call;
    try {
      meeting.publish(started, call);
    } catch (RuntimeException | Error e) {
      throw meeting.failed(e);
    }
    return () -> {
      // Otherwise a later collective has completed this one.
      if (started == number) {
        complete();
      }
    };
  }

  private void prepare() {
    if (closed) {
      throw new IllegalStateException("communicator of " + meeting.group().name() + " is closed");
    }
    complete();
    String reason = meeting.abortReason();
    if (reason != null) {
      throw new CommunicatorAbortedException(reason);
    }
  }

  private void complete() {
    Call call = underWay;
    if (call == null) {
      return;
    }
    underWay = null;
    meeting.awaitPublished(number);
    if (call.signature().kind() == Kind.BARRIER) {
      return;
    }
    try {
      meeting.perform(number);
    } catch (RuntimeException | Error e) {
      throw meeting.failed(e);
    }
  }
}
