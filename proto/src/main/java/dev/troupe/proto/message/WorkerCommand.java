package dev.troupe.proto.message;

/** What a GPU actor accepts. */
public sealed interface WorkerCommand extends ControlMessage, Fenced
    permits StartRank, RetireRanks, RankOrder, InjectFault {}
