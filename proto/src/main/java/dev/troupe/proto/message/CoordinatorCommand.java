package dev.troupe.proto.message;

/** What the coordinator accepts. */
public sealed interface CoordinatorCommand extends ControlMessage
    permits RegisterNode, RequestStop, DrainNode, ScaleRun, NodeGone, NodeReport, FaultDone {}
