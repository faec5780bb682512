package dev.troupe.collectives.comm.nccl;

import dev.troupe.collectives.comm.Communicator;
import dev.troupe.collectives.comm.Pending;
import dev.troupe.collectives.comm.ReduceOp;
import dev.troupe.collectives.comm.call.Arguments;
import dev.troupe.collectives.device.BufferView;
import dev.troupe.collectives.device.DataType;
import dev.troupe.collectives.device.Stream;
import dev.troupe.collectives.device.cuda.CudaBuffer;
import dev.troupe.collectives.device.cuda.CudaFailedException;
import dev.troupe.collectives.mesh.ProcessGroup;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.IntSupplier;
import org.jspecify.annotations.Nullable;

/**
 * A rank's end of a group of GPUs. A collective begins on the GPU when what the compute stream was
 * given before has been done, and {@code await} makes the compute stream, not the host, wait for
 * it. Several may be under way; those of a rank run in the order in which they were started.
 *
 * <p>What differs from the communicators of the CPU: sums are made in rank order only by {@code
 * reduceScatterAdd} and, where {@link NcclSettings#ordered} says so, {@code reduceScatter}. Ranks
 * that disagree about a collective are not told of it: they wait until the time-out. An abort ends
 * what this rank does; whoever aborts tells the other ranks' {@link NcclCommunicators}.
 */
final class NcclCommunicator implements Communicator {
  private final ProcessGroup group;
  private final int rank;
  private final int size;
  private final NcclLane lane;
  private final NcclEpoch epoch;
  private final NcclMesh mesh;
  private final OrderedReduction reduction;
  private final boolean ordered;
  private final Consumer<NcclCommunicator> onClose;
  private @Nullable NcclHandle handle;
  private boolean closed;

  NcclCommunicator(
      ProcessGroup group,
      int rank,
      NcclEpoch epoch,
      NcclMesh mesh,
      OrderedReduction reduction,
      boolean ordered,
      Consumer<NcclCommunicator> onClose) {
    this.group = group;
    this.rank = rank;
    this.size = group.size();
    this.lane = reduction.lane();
    this.epoch = epoch;
    this.mesh = mesh;
    this.reduction = reduction;
    this.ordered = ordered;
    this.onClose = onClose;
  }

  ProcessGroup group() {
    return group;
  }

  /** The communicator is made; null for a group of one. */
  void connected(@Nullable NcclHandle made) {
    handle = made;
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
  public Optional<Stream> stream() {
    return Optional.of(lane.stream());
  }

  @Override
  public void check() {
    epoch.check();
  }

  @Override
  public Pending allReduce(BufferView data, ReduceOp op) {
    Arguments.requireNumbers(data.type());
    long at = address(data);
    if (!prepare(data.count())) {
      return Pending.DONE;
    }
    return start(
        "all-reduce",
        data,
        () -> lane.nccl().allReduce(handle(), at, data.count(), data.type(), op));
  }

  @Override
  public Pending reduceScatter(BufferView send, BufferView recv) {
    Arguments.reduceScatter(send, recv, rank, size);
    long from = address(send);
    long to = address(recv);
    if (!prepare(recv.count())) {
      return copyAlone(to, from, recv.bytes());
    }
    if (ordered) {
      return startReduction(
          "reduce-scatter",
          send,
          new OrderedReduction.Slices(from, to, recv.count(), recv.type(), size, false));
    }
    return start(
        "reduce-scatter",
        send,
        () -> lane.nccl().reduceScatter(handle(), from, to, recv.count(), recv.type()));
  }

  @Override
  public Pending reduceScatterAdd(BufferView send, BufferView recv, int contributors) {
    Arguments.reduceScatterAdd(send, recv, contributors, size);
    long from = address(send);
    long to = address(recv);
    if (!prepare(recv.count())) {
      if (recv.count() > 0) {
        reduction.sum().sum(lane.compute(), recv.type(), to, true, from, 0, 1, recv.count());
      }
      return Pending.DONE;
    }
    return startReduction(
        "reduce-scatter-add",
        send,
        new OrderedReduction.Slices(from, to, recv.count(), recv.type(), contributors, true));
  }

  @Override
  public Pending allGather(BufferView send, BufferView recv) {
    Arguments.allGather(send, recv, rank, size);
    long from = address(send);
    long to = address(recv);
    if (!prepare(send.count())) {
      return copyAlone(to, from, send.bytes());
    }
    return start(
        "all-gather",
        send,
        () -> lane.nccl().allGather(handle(), from, to, send.count(), send.type()));
  }

  @Override
  public Pending broadcast(BufferView data, int root) {
    Objects.checkIndex(root, size);
    long at = address(data);
    if (!prepare(data.count())) {
      return Pending.DONE;
    }
    return start(
        "broadcast",
        data,
        () -> lane.nccl().broadcast(handle(), at, data.count(), data.type(), root));
  }

  @Override
  public Pending allToAll(BufferView send, BufferView recv) {
    Arguments.allToAll(send, recv, size);
    long from = address(send);
    long to = address(recv);
    if (!prepare(send.count())) {
      return copyAlone(to, from, send.bytes());
    }
    long block = send.bytes() / size;
    return start(
        "all-to-all",
        send,
        () -> {
          lane.stream().copy(to + rank * block, from + rank * block, block);
          return lane.nccl()
              .allToAll(handle(), from, to, send.count() / size, send.type(), rank, size);
        });
  }

  @Override
  public void send(BufferView data, int peer) {
    Arguments.requirePeer(peer, rank, size);
    long at = address(data);
    if (prepare(data.count())) {
      epoch.awaitEnd(
          start(
              "send", data, () -> lane.nccl().send(handle(), at, data.count(), data.type(), peer)));
    }
  }

  @Override
  public void recv(BufferView data, int peer) {
    Arguments.requirePeer(peer, rank, size);
    long at = address(data);
    if (prepare(data.count())) {
      epoch.awaitEnd(
          start(
              "recv", data, () -> lane.nccl().recv(handle(), at, data.count(), data.type(), peer)));
    }
  }

  @Override
  public Pending shift(BufferView send, BufferView recv, int by) {
    Arguments.shift(send, recv, by, size);
    long from = address(send);
    long to = address(recv);
    if (!prepare(send.count())) {
      return Pending.DONE;
    }
    int next = (rank + by) % size;
    int last = Math.floorMod(rank - by, size);
    return start(
        "shift",
        send,
        () -> lane.nccl().exchange(handle(), from, next, to, last, send.count(), send.type()));
  }

  /** An all-reduce of one number, which no one reads, that the host waits for. */
  @Override
  public void barrier() {
    if (prepare(1)) {
      CudaBuffer scratch = reduction.staging();
      BufferView one = new BufferView(scratch, 0, 1, DataType.INT32);
      epoch.awaitEnd(
          start(
              "barrier",
              one,
              () ->
                  lane.nccl()
                      .allReduce(handle(), scratch.address(), 1, DataType.INT32, ReduceOp.MAX)));
    }
  }

  @Override
  public void abort(String reason) {
    epoch.abort(reason);
  }

  @Override
  public void close() {
    if (!closed) {
      closed = true;
      onClose.accept(this);
    }
  }

  /** Whether NCCL has anything to do: not for a group of one, nor for no elements. */
  private boolean prepare(long count) {
    if (closed) {
      throw new IllegalStateException("communicator of " + group.name() + " is closed");
    }
    epoch.check();
    mesh.connect();
    return size > 1 && count > 0;
  }

  private Operation start(String kind, BufferView data, IntSupplier call) {
    try {
      Operation operation = begin(kind, data);
      int result;
      epoch.enter();
      try {
        result = call.getAsInt();
      } finally {
        epoch.leave();
      }
      return launched(operation, result);
    } catch (CudaFailedException e) {
      epoch.lose(e);
      throw e;
    }
  }

  private Operation startReduction(String kind, BufferView data, OrderedReduction.Slices slices) {
    try {
      Operation operation = begin(kind, data);
      reduction.run(epoch, handle(), operation, slices, rank, size);
      return launched(operation, Nccl.SUCCESS);
    } catch (CudaFailedException e) {
      epoch.lose(e);
      throw e;
    }
  }

  private Operation begin(String kind, BufferView data) {
    epoch.awaitRoom();
    Operation operation = lane.operations().current();
    operation.begin(epoch, group.name(), kind, data.count(), data.type());
    return operation;
  }

  private Operation launched(Operation operation, int result) {
    epoch.settle(handle(), result, operation);
    epoch.enter();
    try {
      lane.operations().launched();
    } finally {
      epoch.leave();
    }
    return operation;
  }

  private NcclHandle handle() {
    NcclHandle mine = handle;
    if (mine == null) {
      throw new IllegalStateException("group " + group.name() + " is not connected");
    }
    return mine;
  }

  private Pending copyAlone(long to, long from, long bytes) {
    if (to != from) {
      lane.compute().copy(to, from, bytes);
    }
    return Pending.DONE;
  }

  private static long address(BufferView view) {
    if (view.buffer() instanceof CudaBuffer) {
      return Arguments.address(view);
    }
    throw new IllegalArgumentException(
        "not memory of a GPU: " + view.buffer().getClass().getSimpleName());
  }
}
