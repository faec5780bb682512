package dev.troupe.proto.message;

/** Every message of the control protocol; each permitted record has one codec. */
public sealed interface ControlMessage
    permits CoordinatorCommand, AgentCommand, WorkerCommand, JournalMessage {}
