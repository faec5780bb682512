package dev.troupe.proto.message;

/** What every rank of a mesh is told in the same words; a node agent passes it on unchanged. */
public sealed interface RankOrder extends AgentCommand, WorkerCommand
    permits PrepareStep,
        CommitStep,
        TakeSnapshot,
        WriteShard,
        DropSnapshot,
        ReleaseRanks,
        AbortEpoch {}
