package dev.troupe.proto.message;

/** What a node agent accepts: work from the coordinator and reports from its GPU actors. */
public sealed interface AgentCommand extends ControlMessage, Fenced
    permits AssignRanks, RetireRanks, RankOrder, RankReport, InjectFault, RunEnded {}
