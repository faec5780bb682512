package dev.troupe.collectives.comm.call;

import dev.troupe.collectives.comm.ReduceOp;
import dev.troupe.collectives.comm.reduce.Float32PairSum;
import dev.troupe.collectives.comm.reduce.Float32QuadSum;
import dev.troupe.collectives.comm.reduce.Reducer;
import dev.troupe.collectives.device.DataType;
import java.lang.foreign.MemorySegment;

/**
 * One rank's part of the work of a collective, once all sides are known. It reads every rank's
 * {@code send} and writes its own {@code recv}; only all-reduce writes other ranks' memory, each
 * rank its own range of elements.
 */
public final class Exchange {
  /** All-reduce ranges begin at a cache line of the view, so that two ranks seldom share one. */
  private static final long LINE_BYTES = 64;

  private final int rank;
  private final int size;
  private final Reducer reducer;

  /** The part of one rank of a group. */
  public Exchange(int rank, int size) {
    this.rank = rank;
    this.size = size;
    this.reducer = new Reducer(size + 1);
  }

  /** Does the part; {@code sides} are those of all ranks, which fit together. */
  public void perform(Call[] sides) {
    Call own = sides[rank];
    switch (own.signature().kind()) {
      case ALL_REDUCE_SUM -> allReduce(sides, ReduceOp.SUM);
      case ALL_REDUCE_MAX -> allReduce(sides, ReduceOp.MAX);
      case ALL_REDUCE_MIN -> allReduce(sides, ReduceOp.MIN);
      case REDUCE_SCATTER -> reduceScatter(sides);
      case REDUCE_SCATTER_ADD -> reduceScatterAdd(sides);
      case ALL_GATHER -> allGather(sides);
      case BROADCAST -> broadcast(sides);
      case ALL_TO_ALL -> allToAll(sides);
      case BARRIER -> {}
    }
  }

  private void allReduce(Call[] sides, ReduceOp op) {
    DataType type = sides[rank].signature().type();
    long count = sides[rank].signature().count();
    long line = LINE_BYTES / type.bytes();
    long each = (count + size - 1) / size;
    each = (each + line - 1) / line * line;
    long from = Math.min(count, rank * each);
    long to = Math.min(count, from + each);
    if (size == 1 || from == to) {
      return;
    }
    if (size == 2 && type == DataType.FLOAT32 && op == ReduceOp.SUM) {
      Float32PairSum.sumIntoBoth(
          sides[0].send(), sides[1].send(), from * type.bytes(), to * type.bytes());
      return;
    }
    if (size == 4 && type == DataType.FLOAT32 && op == ReduceOp.SUM) {
      Float32QuadSum.sumIntoAll(
          sides[0].send(),
          sides[1].send(),
          sides[2].send(),
          sides[3].send(),
          from * type.bytes(),
          to * type.bytes());
      return;
    }
    reducer.clear();
    for (Call side : sides) {
      reducer.from(side.send(), from * type.bytes());
      reducer.to(side.recv(), from * type.bytes());
    }
    reducer.reduce(type, op, to - from);
  }

  private void reduceScatter(Call[] sides) {
    MemorySegment recv = sides[rank].recv();
    reducer.clear();
    for (Call side : sides) {
      reducer.from(side.send(), rank * recv.byteSize());
    }
    reduceInto(recv, sides[rank].signature().type());
  }

  private void reduceScatterAdd(Call[] sides) {
    MemorySegment recv = sides[rank].recv();
    reducer.clear();
    reducer.from(recv, 0);
    for (int peer = 0; peer < sides[rank].signature().argument(); peer++) {
      reducer.from(sides[peer].send(), rank * recv.byteSize());
    }
    reduceInto(recv, sides[rank].signature().type());
  }

  private void reduceInto(MemorySegment recv, DataType type) {
    reducer.to(recv, 0);
    reducer.reduce(type, ReduceOp.SUM, recv.byteSize() / type.bytes());
  }

  private void allGather(Call[] sides) {
    MemorySegment recv = sides[rank].recv();
    long bytes = sides[rank].send().byteSize();
    for (int peer = 0; peer < size; peer++) {
      MemorySegment.copy(sides[peer].send(), 0, recv, peer * bytes, bytes);
    }
  }

  private void broadcast(Call[] sides) {
    int root = sides[rank].signature().argument();
    if (rank != root) {
      sides[rank].recv().copyFrom(sides[root].send());
    }
  }

  private void allToAll(Call[] sides) {
    MemorySegment recv = sides[rank].recv();
    long bytes = recv.byteSize() / size;
    for (int peer = 0; peer < size; peer++) {
      MemorySegment.copy(sides[peer].send(), rank * bytes, recv, peer * bytes, bytes);
    }
  }
}
