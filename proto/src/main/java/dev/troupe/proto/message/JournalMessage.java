package dev.troupe.proto.message;

/** Between a coordinator and the nodes that keep the run's journal. */
public sealed interface JournalMessage extends ControlMessage permits JournalRequest, KeeperState {}
