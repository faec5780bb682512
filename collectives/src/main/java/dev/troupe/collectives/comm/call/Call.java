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
    Arguments.requireNumbers(data.type());
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
    Arguments.reduceScatter(send, recv, rank, size);
    return between(Kind.REDUCE_SCATTER, send, recv, 0);
  }

  /** See {@link dev.troupe.collectives.comm.Communicator#reduceScatterAdd}. */
  public static Call reduceScatterAdd(
      BufferView send, BufferView recv, int contributors, int size) {
    Arguments.reduceScatterAdd(send, recv, contributors, size);
    return between(Kind.REDUCE_SCATTER_ADD, send, recv, contributors);
  }

  /** See {@link dev.troupe.collectives.comm.Communicator#allGather}. */
  public static Call allGather(BufferView send, BufferView recv, int rank, int size) {
    Arguments.allGather(send, recv, rank, size);
    return between(Kind.ALL_GATHER, send, recv, 0);
  }

  /** See {@link dev.troupe.collectives.comm.Communicator#broadcast}. */
  public static Call broadcast(BufferView data, int root, int size) {
    Objects.checkIndex(root, size);
    return inPlace(Kind.BROADCAST, data, root);
  }

  /** See {@link dev.troupe.collectives.comm.Communicator#allToAll}. */
  public static Call allToAll(BufferView send, BufferView recv, int size) {
    Arguments.allToAll(send, recv, size);
    return between(Kind.ALL_TO_ALL, send, recv, 0);
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
}
