package dev.troupe.train;

import dev.troupe.checkpoint.CheckpointReader;
import dev.troupe.checkpoint.StateKind;
import dev.troupe.checkpoint.Storage;
import dev.troupe.collectives.comm.Communicators;
import dev.troupe.collectives.device.BufferView;
import dev.troupe.model.LlamaLayout;
import dev.troupe.optim.FlatParameters;
import dev.troupe.optim.OptimizerState;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.List;

/** Gives a rank, and the copies that it keeps of others' states, the state to start from. */
final class FirstState {
  private final RankParts parts;
  private final Assignment assignment;
  private final Communicators host;
  private final Storage storage;

  /**
   * For one rank.
   *
   * @param host communicators of the ranks' hosts
   * @param storage what checkpoints are read through
   */
  FirstState(RankParts parts, Assignment assignment, Communicators host, Storage storage) {
    this.parts = parts;
    this.assignment = assignment;
    this.host = host;
    this.storage = storage;
  }

  /** Sets the state, on all ranks at once; returns its committed step. */
  long set() {
    long step =
        switch (assignment.start()) {
          case Start.Initial none -> initialise();
          case Start.Checkpoint(Path folder) -> load(folder);
          case Start.Memory memory -> take(memory);
        };
    parts.adam().publishMasters();
    return step;
  }

  /** What is held is of a run's later steps, which are gone. */
  private long initialise() {
    assignment.vault().clear();
    states().forEach(state -> state.initialise(assignment.job().seed()));
    return 0;
  }

  private long load(Path folder) {
    assignment.vault().clear();
    try (CheckpointReader reader =
        CheckpointReader.open(storage, folder, assignment.localShards(storage))) {
      states().forEach(state -> state.load(reader));
      return reader.info().step();
    }
  }

  private List<RankState> states() {
    return parts.adam().states().stream()
        .map(state -> new RankState(parts.device(), state))
        .toList();
  }

  /** The mesh that left this state had every part of it, so what others left is of no use. */
  private long take(Start.Memory memory) {
    if (!memory.parts().isEmpty()) {
      assignment.vault().retainOnly(memory.step(), memory.parts().getFirst().key().epoch());
    }
    LlamaLayout layout = MemoryPlan.layout(assignment.job(), assignment.mesh().tp(), 0);
    HeldPlan plan =
        HeldPlan.of(
            memory,
            assignment.mesh(),
            assignment.homes(),
            layout.buckets().stream().map(FlatParameters::elements).toList(),
            assignment.job().elastic().copies());
    try (HeldTransfer transfer = new HeldTransfer(assignment, host, this::write)) {
      transfer.run(plan);
    }
    return memory.step();
  }

  private void write(HeldPlan.Move move, StateKind kind, long inSlice, MemorySegment data) {
    OptimizerState state =
        parts.adam().states().stream()
            .filter(each -> each.dpIndex() == move.dpIndex())
            .findFirst()
            .orElseThrow();
    BufferView slice = RankState.slice(state, kind, move.bucket());
    parts.device().write(data, slice.slice(inSlice, data.byteSize() / Float.BYTES));
  }
}
