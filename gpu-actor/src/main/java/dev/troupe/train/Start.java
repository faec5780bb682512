package dev.troupe.train;

import java.nio.file.Path;
import java.util.List;

/** Where a rank's first state comes from. */
public sealed interface Start {
  /** Initial weights, from the job's seed. */
  record Initial() implements Start {}

  /**
   * A published checkpoint.
   *
   * @param folder its folder
   */
  record Checkpoint(Path folder) implements Start {}

  /**
   * The memory of processes of this mesh.
   *
   * @param step committed steps of the state
   * @param parts all parts of one mesh's state, each with every process that has it, as named by
   *     {@link Assignment#homes}
   */
  record Memory(long step, List<Part> parts) implements Start {
    /** Copies the list. */
    public Memory {
      parts = List.copyOf(parts);
    }
  }

  /**
   * A part and who has it.
   *
   * @param key the part
   * @param processes names of the processes that have it, at least one
   */
  record Part(HeldKey key, List<String> processes) {
    /** Copies the list. */
    public Part {
      processes = List.copyOf(processes);
    }
  }
}
