package dev.troupe.proto.log;

/**
 * Keys of the logging context (SLF4J's MDC) that a run's log shows: who sets one on a thread of its
 * own or around an actor makes its log lines tell where they come from.
 */
public final class LogFields {
  /** Number of the rank that logs. */
  public static final String RANK = "rank";

  /** Mesh epoch that the rank belongs to. */
  public static final String EPOCH = "epoch";

  /** Name of the node. */
  public static final String NODE = "node";

  private LogFields() {}
}
