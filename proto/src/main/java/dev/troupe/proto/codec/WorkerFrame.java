package dev.troupe.proto.codec;

import dev.troupe.proto.message.ControlMessage;

/** What an agent and a worker process of its node send each other. */
public sealed interface WorkerFrame {
  /**
   * A worker process is ready; its first frame.
   *
   * @param process its name
   * @param pid its number on the machine
   * @param endpoint address of its data plane; empty where it has none
   */
  record Hello(String process, long pid, String endpoint) implements WorkerFrame {}

  /**
   * A message to or from the actor of one rank.
   *
   * @param rank the rank
   * @param message the message
   */
  record Letter(int rank, ControlMessage message) implements WorkerFrame {}
}
