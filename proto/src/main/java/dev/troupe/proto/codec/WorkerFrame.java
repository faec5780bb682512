package dev.troupe.proto.codec;

import dev.troupe.proto.message.ControlMessage;
import java.util.List;

/** What an agent and a worker process of its node send each other. */
public sealed interface WorkerFrame {
  /**
   * A worker process is ready; its first frame.
   *
   * @param process its name
   * @param pid its number on the machine
   * @param endpoint address of its data plane; empty where it has none
   * @param gpus its GPUs, in the order of its devices; empty where it computes on the CPU
   */
  record Hello(String process, long pid, String endpoint, List<Gpu> gpus) implements WorkerFrame {
    /** Copies the list. */
    public Hello {
      gpus = List.copyOf(gpus);
    }
  }

  /**
   * A GPU of a worker process.
   *
   * @param name for people
   * @param memoryBytes its memory
   */
  record Gpu(String name, long memoryBytes) {}

  /**
   * A message to or from the actor of one rank.
   *
   * @param rank the rank
   * @param message the message
   */
  record Letter(int rank, ControlMessage message) implements WorkerFrame {}

  /** Asks a worker process for a {@link Pong}. */
  record Ping() implements WorkerFrame {}

  /** A worker process's sign of life. */
  record Pong() implements WorkerFrame {}
}
