package dev.troupe.collectives.comm.link;

import dev.troupe.collectives.comm.Communicator;
import dev.troupe.collectives.comm.CommunicatorAbortedException;
import dev.troupe.collectives.comm.Pending;
import dev.troupe.collectives.comm.ReduceOp;
import dev.troupe.collectives.comm.call.Arguments;
import dev.troupe.collectives.comm.call.Call;
import dev.troupe.collectives.comm.call.Exchange;
import dev.troupe.collectives.device.BufferView;
import dev.troupe.collectives.device.cpu.CpuBuffer;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * One rank's end of a group whose ranks are in several processes. Starting a collective remembers
 * the rank's buffers and returns; {@code await} does all of the rank's work, in the rank's thread.
 *
 * <p>When ranks disagree about a collective, every rank gets an {@link IllegalStateException} that
 * names both sides, nothing is written, and the communicator stays usable. Every other failure (a
 * link that ends, a buffer that was closed, a collective that meets a message) aborts it.
 */
final class LinkCommunicator implements Communicator {
  private final String group;
  private final int rank;
  private final LinkSlot[] slots;
  private final LinkSettings settings;
  private final Runnable onClose;
  private final Watch watch = new Watch();
  private final long[] sent;
  private final long[] taken;
  private final Arena arena = Arena.ofShared();
  private @Nullable LinkExchange exchange;
  private @Nullable Call underWay;
  private long number;
  private boolean closed;

  /**
   * Creates the end of one rank.
   *
   * @param rank index in the group
   * @param slots places of the links, by index; this rank's own stays empty
   * @param onClose called once, when this end is closed
   */
  LinkCommunicator(
      String group, int rank, LinkSlot[] slots, LinkSettings settings, Runnable onClose) {
    this.group = group;
    this.rank = rank;
    this.slots = slots;
    this.settings = settings;
    this.onClose = onClose;
    this.sent = new long[slots.length];
    this.taken = new long[slots.length];
  }

  /** The place of the link to a peer. */
  LinkSlot slot(int peer) {
    return slots[peer];
  }

  @Override
  public int rank() {
    return rank;
  }

  @Override
  public int size() {
    return slots.length;
  }

  @Override
  public Pending allReduce(BufferView data, ReduceOp op) {
    return start(Call.allReduce(data, op));
  }

  @Override
  public Pending reduceScatter(BufferView send, BufferView recv) {
    return start(Call.reduceScatter(send, recv, rank, slots.length));
  }

  @Override
  public Pending reduceScatterAdd(BufferView send, BufferView recv, int contributors) {
    return start(Call.reduceScatterAdd(send, recv, contributors, slots.length));
  }

  @Override
  public Pending allGather(BufferView send, BufferView recv) {
    return start(Call.allGather(send, recv, rank, slots.length));
  }

  @Override
  public Pending broadcast(BufferView data, int root) {
    return start(Call.broadcast(data, root, slots.length));
  }

  @Override
  public Pending allToAll(BufferView send, BufferView recv) {
    return start(Call.allToAll(send, recv, slots.length));
  }

  @Override
  public void barrier() {
    start(Call.barrier()).await();
  }

  @Override
  public void send(BufferView data, int peer) {
    message(Header.SEND, data, peer, sent);
  }

  @Override
  public void recv(BufferView data, int peer) {
    message(Header.RECV, data, peer, taken);
  }

  @Override
  public void abort(String reason) {
    watch.abort(reason);
    for (LinkSlot slot : slots) {
      slot.close(true);
    }
  }

  @Override
  public void close() {
    if (!closed) {
      closed = true;
      if (underWay != null) {
        abort("rank " + rank + " closed its communicator with a collective under way");
      }
      for (LinkSlot slot : slots) {
        slot.close(false);
      }
      onClose.run();
      arena.close();
    }
  }

  private Pending start(Call call) {
    prepare();
    if (slots.length == 1) {
      new Exchange(0, 1).perform(new Call[] {call});
      return Pending.DONE;
    }
    number++;
    underWay = call;
    long started = number;
    return () -> {
      // Otherwise a later collective has completed this one.
      if (started == number) {
        complete();
      }
    };
  }

  private void message(int code, BufferView data, int peer, long[] numbers) {
    Arguments.requirePeer(peer, rank, slots.length);
    MemorySegment memory = CpuBuffer.segmentOf(data);
    prepare();
    Header header = new Header(code, ++numbers[peer], data.type(), data.count(), 0);
    guarded(() -> exchange().message(peer, header, memory));
  }

  private void prepare() {
    if (closed) {
      throw new IllegalStateException("communicator of " + group + " is closed");
    }
    complete();
    watch.checkAborted();
  }

  private void complete() {
    Call call = underWay;
    if (call != null) {
      underWay = null;
      guarded(() -> exchange().perform(call, number));
    }
  }

  /** The work, after the first call has waited for the links. */
  private LinkExchange exchange() {
    LinkExchange made = exchange;
    if (made == null) {
      watch.progress();
      for (int peer = 0; peer < slots.length; peer++) {
        while (peer != rank && slots[peer].link() == null) {
          if (!watch.idle(settings.open())) {
            throw new LinkException(
                "no link to %s within %s s; it did not open its end"
                    .formatted(slots[peer].peer(), settings.open().toMillis() / 1e3));
          }
        }
      }
      made = new LinkExchange(group, rank, slots, arena, watch, settings.stall());
      exchange = made;
    }
    return made;
  }

  /** Who fails ends its links, or the others would wait for it. */
  private void guarded(Runnable work) {
    try {
      work.run();
    } catch (DisagreementException e) {
      throw e;
    } catch (LinkException e) {
      throw aborted(String.valueOf(e.getMessage()));
    } catch (RuntimeException | Error e) {
      if (watch.abortReason() != null) {
        throw aborted("");
      }
      abort("rank " + rank + " of group " + group + " failed: " + e);
      throw e;
    }
  }

  /** Aborts, unless that was done before, and tells the reason of the first time. */
  private CommunicatorAbortedException aborted(String reason) {
    abort(reason);
    return new CommunicatorAbortedException(Objects.requireNonNull(watch.abortReason()));
  }
}
