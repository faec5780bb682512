package dev.troupe.proto.message;

/** What a node's ranks have to say to the coordinator, gathered by the node's agent. */
public sealed interface NodeReport extends CoordinatorCommand, Fenced
    permits NodeReady,
        NodePrepared,
        NodeValidated,
        NodeSampled,
        NodeSaved,
        NodeStopped,
        NodeRetired,
        RankFailed {}
