package dev.troupe.train;

import dev.troupe.checkpoint.StateKind;
import dev.troupe.collectives.comm.Communicator;
import dev.troupe.collectives.comm.Communicators;
import dev.troupe.collectives.device.BufferView;
import dev.troupe.collectives.device.DataType;
import dev.troupe.collectives.device.cpu.CpuBuffer;
import dev.troupe.collectives.device.cpu.CpuDevice;
import dev.troupe.collectives.mesh.ProcessGroup;
import dev.troupe.optim.FlatParameters;
import dev.troupe.proto.error.TroupeException;
import java.lang.foreign.MemorySegment;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Carries out one rank's moves of a {@link HeldPlan}: chunk by chunk, each block with the SHA-256
 * that it was given when it was put into the vault, compared where it arrives. Giver and taker are
 * pairs of their own, so they use the shortest way between them, and pairs that have nothing to
 * give each other need no connection. Used by the rank's thread.
 */
final class HeldTransfer implements AutoCloseable {
  private static final long CHUNK_BLOCKS = 256;
  private static final long ENTRY_BYTES = HeldState.BLOCK_BYTES + BlockHash.BYTES;

  private final Assignment assignment;
  private final Communicators host;
  private final Target target;
  private final int rank;
  private final Map<Integer, Communicator> pairs = new HashMap<>();
  private final CpuDevice memory;
  private final CpuBuffer chunk;
  private final BlockHash hash = new BlockHash();

  /** Takes what has come and was found intact. */
  @FunctionalInterface
  interface Target {
    /** Elements of a kind that belong at {@code inSlice} of the move's bucket. */
    void write(HeldPlan.Move move, StateKind kind, long inSlice, MemorySegment data);
  }

  /**
   * A transfer.
   *
   * @param host communicators of the ranks' hosts
   * @param target where this rank's elements go
   */
  HeldTransfer(Assignment assignment, Communicators host, Target target) {
    this.assignment = assignment;
    this.host = host;
    this.target = target;
    this.rank = assignment.rank();
    this.memory = new CpuDevice("held:" + rank, 1);
    this.chunk = memory.allocate(CHUNK_BLOCKS * ENTRY_BYTES);
  }

  /**
   * Does this rank's part of all moves.
   *
   * @throws TroupeException where a block is not what it was when it was kept, naming the part and
   *     the process
   */
  void run(HeldPlan plan) {
    List<HeldPlan.Move> mine =
        plan.moves().stream().filter(move -> move.from() == rank || move.to() == rank).toList();
    // All before the first exchange, so that no neighbour waits for one to be opened.
    mine.stream().filter(move -> move.from() != move.to()).forEach(this::open);
    for (HeldPlan.Move move : mine) {
      for (StateKind kind : StateKind.values()) {
        long blocks = move.count() / FlatParameters.BLOCK;
        for (long done = 0; done < blocks; done += CHUNK_BLOCKS) {
          pass(move, kind, done, Math.min(CHUNK_BLOCKS, blocks - done));
        }
      }
    }
  }

  private void open(HeldPlan.Move move) {
    int peer = move.from() == rank ? move.to() : move.from();
    int low = Math.min(rank, peer);
    int high = Math.max(rank, peer);
    pairs.computeIfAbsent(
        peer,
        key ->
            host.open(
                assignment.epoch(),
                new ProcessGroup("held." + low + "." + high, List.of(low, high)),
                rank));
  }

  private void pass(HeldPlan.Move move, StateKind kind, long block, long blocks) {
    BufferView view = new BufferView(chunk, 0, blocks * ENTRY_BYTES, DataType.INT8);
    if (move.from() == rank) {
      load(move, kind, block, blocks);
    }
    if (move.from() != move.to()) {
      exchange(move, view);
    }
    if (move.to() == rank) {
      requireIntact(move, kind, blocks);
      long inSlice = move.inSlice() + block * FlatParameters.BLOCK;
      target.write(move, kind, inSlice, chunk.segment().asSlice(0, blocks * HeldState.BLOCK_BYTES));
    }
  }

  private void exchange(HeldPlan.Move move, BufferView view) {
    int peer = move.from() == rank ? move.to() : move.from();
    Communicator pair = pairs.get(peer);
    if (pair == null) {
      throw new AssertionError("no connection to rank " + peer);
    }
    int inPair = peer < rank ? 0 : 1;
    if (move.from() == rank) {
      pair.send(view, inPair);
    } else {
      pair.recv(view, inPair);
    }
  }

  private void load(HeldPlan.Move move, StateKind kind, long block, long blocks) {
    HeldState part = assignment.vault().get(move.key());
    if (part == null) {
      throw TroupeException.peer(
          "process %s does not hold %s any more"
              .formatted(move.process(), HeldPlan.text(move.key())));
    }
    long first = move.inPart() / FlatParameters.BLOCK + block;
    MemorySegment to = chunk.segment();
    long bytes = blocks * HeldState.BLOCK_BYTES;
    to.asSlice(0, bytes)
        .copyFrom(part.elements(kind, first * FlatParameters.BLOCK, blocks * FlatParameters.BLOCK));
    to.asSlice(bytes, blocks * BlockHash.BYTES).copyFrom(part.hashes(kind, first, blocks));
  }

  private void requireIntact(HeldPlan.Move move, StateKind kind, long blocks) {
    MemorySegment all = chunk.segment();
    long hashes = blocks * HeldState.BLOCK_BYTES;
    for (long i = 0; i < blocks; i++) {
      hash.of(all.asSlice(i * HeldState.BLOCK_BYTES, HeldState.BLOCK_BYTES));
      if (!hash.matches(all.asSlice(hashes + i * BlockHash.BYTES, BlockHash.BYTES))) {
        throw TroupeException.peer(
            "%s from process %s does not match its SHA-256 (%s): it was damaged in memory or on its way"
                .formatted(HeldPlan.text(move.key()), move.process(), kind));
      }
    }
  }

  @Override
  public void close() {
    pairs.values().forEach(Communicator::close);
    chunk.close();
    memory.close();
  }
}
