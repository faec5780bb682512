package dev.troupe.collectives.comm.shared;

import dev.troupe.collectives.comm.ReduceOp;
import dev.troupe.collectives.comm.call.Call;
import dev.troupe.collectives.comm.call.Exchange;
import dev.troupe.collectives.comm.call.Signature;
import dev.troupe.collectives.comm.reduce.Float32PairSum;
import dev.troupe.collectives.comm.reduce.Reducer;
import dev.troupe.collectives.device.DataType;
import java.lang.foreign.MemorySegment;

/**
 * The collectives over private buffers: piece by piece through {@link Staging}, with the sums of
 * {@link Exchange}, in its order.
 */
final class StagedExchange {
  private static final int LINE_BYTES = 64;

  private final int rank;
  private final int size;
  private final Staging staging;
  private final int halfBytes;
  private final Exchange exchange;
  private final Reducer reducer;

  StagedExchange(int rank, int size, Staging staging) {
    this.rank = rank;
    this.size = size;
    this.staging = staging;
    this.halfBytes = staging.halfBytes();
    this.exchange = new Exchange(rank, size);
    this.reducer = new Reducer(size + 1);
  }

  /** Does this rank's part; all ranks call it with calls that fit together. */
  void perform(Call call) {
    switch (call.signature().kind()) {
      case ALL_REDUCE_SUM -> allReduce(call, ReduceOp.SUM);
      case ALL_REDUCE_MAX -> allReduce(call, ReduceOp.MAX);
      case ALL_REDUCE_MIN -> allReduce(call, ReduceOp.MIN);
      case REDUCE_SCATTER -> reduceScatter(call, 0, size);
      case REDUCE_SCATTER_ADD -> reduceScatter(call, 1, call.signature().argument());
      case ALL_GATHER -> allGather(call);
      case BROADCAST -> broadcast(call);
      case ALL_TO_ALL -> allToAll(call);
      case BARRIER -> {}
    }
  }

  private void allReduce(Call call, ReduceOp op) {
    if (size == 2) {
      allReducePair(call, op);
    } else {
      allReduceShared(call);
    }
  }

  /** Each of two ranks sums everything: one meeting a piece, and nothing is copied back. */
  private void allReducePair(Call call, ReduceOp op) {
    DataType type = call.signature().type();
    long bytes = call.send().byteSize();
    for (long done = 0; done < bytes; done += halfBytes) {
      long piece = Math.min(halfBytes, bytes - done);
      staging.next();
      staging.put(call.send(), done, piece, 0);
      staging.meet();
      long half = staging.half();
      if (type == DataType.FLOAT32 && op == ReduceOp.SUM) {
        Float32PairSum.sum(staging.area(0), half, staging.area(1), half, call.recv(), done, piece);
      } else {
        reducer.clear();
        reducer.from(staging.area(0), half);
        reducer.from(staging.area(1), half);
        reducer.to(call.recv(), done);
        reducer.reduce(type, op, piece / type.bytes());
      }
    }
  }

  /**
   * The ranks share the work on a piece, in everyone's staging areas, and copy the sums back. A
   * rank lays its next piece down before it waits for the sums of this one.
   */
  private void allReduceShared(Call call) {
    long bytes = call.send().byteSize();
    Call[] sides = new Call[size];
    stage(call, 0, bytes);
    for (long done = 0; done < bytes; done += halfBytes) {
      long piece = Math.min(halfBytes, bytes - done);
      long half = staging.half();
      Signature signature =
          new Signature(
              call.signature().kind(),
              call.signature().type(),
              piece / call.signature().type().bytes(),
              0);
      for (int peer = 0; peer < size; peer++) {
        MemorySegment area = staging.area(peer).asSlice(half, piece);
        sides[peer] = new Call(signature, area, area);
      }
      exchange.perform(sides);
      stage(call, done + halfBytes, bytes);
      MemorySegment.copy(staging.area(rank), half, call.recv(), done, piece);
    }
  }

  /** Stages the piece that begins at a byte, or nothing after the end, and meets the others. */
  private void stage(Call call, long from, long bytes) {
    staging.next();
    if (from < bytes) {
      staging.put(call.send(), from, Math.min(halfBytes, bytes - from), 0);
    }
    staging.meet();
  }

  private void reduceScatter(Call call, int own, int contributors) {
    DataType type = call.signature().type();
    long block = call.recv().byteSize();
    long width = width(size);
    for (long done = 0; done < block; done += width) {
      long piece = Math.min(width, block - done);
      stageBlocks(call, block, done, piece);
      reducer.clear();
      if (own == 1) {
        reducer.from(call.recv(), done);
      }
      for (int peer = 0; peer < contributors; peer++) {
        reducer.from(staging.area(peer), staging.half() + rank * piece);
      }
      reducer.to(call.recv(), done);
      reducer.reduce(type, ReduceOp.SUM, piece / type.bytes());
    }
  }

  private void allToAll(Call call) {
    long block = call.recv().byteSize() / size;
    long width = width(size);
    for (long done = 0; done < block; done += width) {
      long piece = Math.min(width, block - done);
      stageBlocks(call, block, done, piece);
      for (int peer = 0; peer < size; peer++) {
        long from = staging.half() + rank * piece;
        MemorySegment.copy(staging.area(peer), from, call.recv(), peer * block + done, piece);
      }
    }
  }

  /** Stages the same range of every block of {@code send}. */
  private void stageBlocks(Call call, long block, long from, long piece) {
    staging.next();
    for (int peer = 0; peer < size; peer++) {
      staging.put(call.send(), peer * block + from, piece, peer * piece);
    }
    staging.meet();
  }

  private void allGather(Call call) {
    long block = call.send().byteSize();
    for (long done = 0; done < block; done += halfBytes) {
      long piece = Math.min(halfBytes, block - done);
      staging.next();
      staging.put(call.send(), done, piece, 0);
      staging.meet();
      for (int peer = 0; peer < size; peer++) {
        MemorySegment.copy(
            staging.area(peer), staging.half(), call.recv(), peer * block + done, piece);
      }
    }
  }

  private void broadcast(Call call) {
    int root = call.signature().argument();
    long bytes = call.send().byteSize();
    for (long done = 0; done < bytes; done += halfBytes) {
      long piece = Math.min(halfBytes, bytes - done);
      staging.next();
      if (rank == root) {
        staging.put(call.send(), done, piece, 0);
      }
      staging.meet();
      if (rank != root) {
        MemorySegment.copy(staging.area(root), staging.half(), call.recv(), done, piece);
      }
    }
  }

  /**
   * Bytes of each of so many blocks that fit into a piece: whole cache lines, so whole elements.
   */
  private long width(int blocks) {
    return Math.max(LINE_BYTES, halfBytes / blocks / LINE_BYTES * LINE_BYTES);
  }
}
