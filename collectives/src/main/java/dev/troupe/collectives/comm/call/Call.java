package dev.troupe.collectives.comm.call;

import dev.troupe.collectives.comm.ReduceOp;
import dev.troupe.collectives.comm.call.Signature.Kind;
import dev.troupe.collectives.device.BufferView;
import dev.troupe.collectives.device.DataType;
import dev.troupe.collectives.device.cpu.CpuBuffer;
import java.lang.foreign.MemorySegment;
import java.util.Objects;

/**
 * One rank's side of a collective, as it shows it to the others. The factories check what a rank
 * can check alone.
 *
 * @param send what the others read; for all-reduce and broadcast also what is written
 * @param recv what this rank writes; the same as {@code send} for in-place collectives
 */
public record Call(Signature signature, MemorySegment send, MemorySegment recv) {
  private static final Call BARRIER =
      new Call(
          new Signature(Kind.BARRIER, DataType.INT8, 0, 0), MemorySegment.NULL, MemorySegment.NULL);

  /** See {@link dev.troupe.collectives.comm.Communicator#allReduce}. */
  public static Call allReduce(BufferView data, ReduceOp op) {
    requireNumbers(data.type());
    Kind kind =
        switch (op) {
          case SUM -> Kind.ALL_REDUCE_SUM;
          case MAX -> Kind.ALL_REDUCE_MAX;
          case MIN -> Kind.ALL_REDUCE_MIN;
        };
    return inPlace(kind, data, 0);
  }

  /** See {@link dev.troupe.collectives.comm.Communicator#reduceScatter}. */
  public static Call reduceScatter(BufferView send, BufferView recv, int rank, int size) {
    requireNumbers(send.type());
    requireBlocks("send", send, "recv", recv, size);
    Call call = between(Kind.REDUCE_SCATTER, send, recv, 0);
    return requireApartFromBlock(call, call.send, call.recv, rank);
  }

  /** See {@link dev.troupe.collectives.comm.Communicator#reduceScatterAdd}. */
  public static Call reduceScatterAdd(
      BufferView send, BufferView recv, int contributors, int size) {
    requireNumbers(send.type());
    requireBlocks("send", send, "recv", recv, size);
    if (contributors < 1 || contributors > size) {
      throw new IllegalArgumentException(
          "contributors must be 1 to " + size + ", not " + contributors);
    }
    return requireApart(between(Kind.REDUCE_SCATTER_ADD, send, recv, contributors));
  }

  /** See {@link dev.troupe.collectives.comm.Communicator#allGather}. */
  public static Call allGather(BufferView send, BufferView recv, int rank, int size) {
    requireBlocks("recv", recv, "send", send, size);
    Call call = between(Kind.ALL_GATHER, send, recv, 0);
    return requireApartFromBlock(call, call.recv, call.send, rank);
  }

  /** See {@link dev.troupe.collectives.comm.Communicator#broadcast}. */
  public static Call broadcast(BufferView data, int root, int size) {
    Objects.checkIndex(root, size);
    return inPlace(Kind.BROADCAST, data, root);
  }

  /** See {@link dev.troupe.collectives.comm.Communicator#allToAll}. */
  public static Call allToAll(BufferView send, BufferView recv, int size) {
    if (send.count() != recv.count() || send.type() != recv.type() || send.count() % size != 0) {
      throw new IllegalArgumentException(
          "all-to-all among %d ranks needs equal blocks: send %d x %s, recv %d x %s"
              .formatted(size, send.count(), send.type(), recv.count(), recv.type()));
    }
    return requireApart(between(Kind.ALL_TO_ALL, send, recv, 0));
  }

  /** See {@link dev.troupe.collectives.comm.Communicator#barrier}. */
  public static Call barrier() {
    return BARRIER;
  }

  private static Call inPlace(Kind kind, BufferView data, int argument) {
    MemorySegment segment = CpuBuffer.segmentOf(data);
    Signature signature = new Signature(kind, data.type(), data.count(), argument);
    return new Call(signature, segment, segment);
  }

  private static Call between(Kind kind, BufferView send, BufferView recv, int argument) {
    Signature signature = new Signature(kind, send.type(), send.count(), argument);
    return new Call(signature, CpuBuffer.segmentOf(send), CpuBuffer.segmentOf(recv));
  }

  private static void requireNumbers(DataType type) {
    if (type == DataType.INT8) {
      throw new IllegalArgumentException("INT8 data cannot be reduced");
    }
  }

  private static void requireBlocks(
      String wholeName, BufferView whole, String blockName, BufferView block, int size) {
    if (whole.type() != block.type() || whole.count() != block.count() * size) {
      throw new IllegalArgumentException(
          "%s must be %d times %s: %d x %s and %d x %s"
              .formatted(
                  wholeName,
                  size,
                  blockName,
                  whole.count(),
                  whole.type(),
                  block.count(),
                  block.type()));
    }
  }

  private static Call requireApartFromBlock(
      Call call, MemorySegment whole, MemorySegment block, int rank) {
    if (block.address() != whole.address() + rank * block.byteSize()) {
      requireApart(call);
    }
    return call;
  }

  private static Call requireApart(Call call) {
    long send = call.send.address();
    long recv = call.recv.address();
    if (send < recv + call.recv.byteSize() && recv < send + call.send.byteSize()) {
      throw new IllegalArgumentException("send and recv overlap: " + call);
    }
    return call;
  }
}
