package dev.troupe.proto.message;

/** What one GPU actor reports to its node's agent. */
public sealed interface RankReport extends AgentCommand
    permits RankReady,
        RankPrepared,
        RankValidated,
        RankSampled,
        RankSaved,
        RankStopped,
        RankRetired,
        RankFailed {
  /** The rank that reports. */
  int rank();
}
