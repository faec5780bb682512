package dev.troupe.proto.message;

/**
 * The run is over: a node has no more to do. Goes to every node, also to those without ranks.
 *
 * @param fence the last mesh's epoch
 * @param exitCode how the run ended, as a process exit code
 * @param message what happened, for people; empty when all went well
 */
public record RunEnded(Fence fence, int exitCode, String message) implements AgentCommand {}
