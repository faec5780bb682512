package dev.troupe.train;

import dev.troupe.checkpoint.StateKind;
import dev.troupe.collectives.device.BufferView;
import dev.troupe.collectives.device.Device;
import dev.troupe.optim.FlatParameters;
import dev.troupe.optim.OptimizerState;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/**
 * One part of a committed state in host memory: for each {@link StateKind} the slices in state
 * order, and of every block of {@link FlatParameters#BLOCK} elements its SHA-256, made when the
 * part was copied. Blocks are the same whatever the data-parallel width, so they travel with the
 * hashes that they were given here.
 *
 * <p>Immutable but for {@link #close}; thread-safe.
 */
final class HeldState implements AutoCloseable {
  /** Bytes of a block. */
  static final long BLOCK_BYTES = (long) FlatParameters.BLOCK * Float.BYTES;

  private final Arena arena = Arena.ofShared();
  private final long elements;
  private final MemorySegment data;
  private final MemorySegment hashes;
  private long digest;

  private HeldState(long elements) {
    this.elements = elements;
    int kinds = StateKind.values().length;
    this.data = arena.allocate(kinds * elements * Float.BYTES, 64);
    this.hashes = arena.allocate(kinds * blocks() * BlockHash.BYTES, 64);
  }

  /** Bytes of host memory that a part takes. */
  static long bytes(long elements) {
    long blocks = elements / FlatParameters.BLOCK;
    return StateKind.values().length * (elements * Float.BYTES + blocks * BlockHash.BYTES);
  }

  /** Copies slices of {@code buckets} buckets from a device and hashes the copy. */
  static HeldState copyOf(Device device, OptimizerState state, int buckets) {
    long elements = 0;
    for (int b = 0; b < buckets; b++) {
      elements += state.expAvg(b).count();
    }
    HeldState held = new HeldState(elements);
    try {
      held.fill(device, state, buckets);
    } catch (RuntimeException e) {
      held.close();
      throw e;
    }
    return held;
  }

  private void fill(Device device, OptimizerState state, int buckets) {
    BlockHash hash = new BlockHash();
    for (StateKind kind : StateKind.values()) {
      long at = 0;
      for (int b = 0; b < buckets; b++) {
        BufferView slice = RankState.slice(state, kind, b);
        device.read(slice, elements(kind, at, slice.count()));
        at += slice.count();
      }
      for (long block = 0; block < blocks(); block++) {
        hash.of(elements(kind, block * FlatParameters.BLOCK, FlatParameters.BLOCK));
        hash.write(hash(kind, block));
      }
    }
    digest = hash.first(hashes);
  }

  /** Of the hashes of all blocks, so of all that this part is; fixed when it was copied. */
  long digest() {
    return digest;
  }

  private long blocks() {
    return elements / FlatParameters.BLOCK;
  }

  /** Elements of each kind. */
  long elements() {
    return elements;
  }

  /** Elements {@code [from, from + count)} of a kind. */
  MemorySegment elements(StateKind kind, long from, long count) {
    return data.asSlice((kind.ordinal() * elements + from) * Float.BYTES, count * Float.BYTES);
  }

  /** Hashes of blocks {@code [from, from + count)} of a kind. */
  MemorySegment hashes(StateKind kind, long from, long count) {
    return hashes.asSlice(
        (kind.ordinal() * blocks() + from) * BlockHash.BYTES, count * BlockHash.BYTES);
  }

  private MemorySegment hash(StateKind kind, long block) {
    return hashes(kind, block, 1);
  }

  /** Frees the memory; idempotent. */
  @Override
  public void close() {
    if (arena.scope().isAlive()) {
      arena.close();
    }
  }
}
