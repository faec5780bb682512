package dev.troupe.train;

/**
 * Where a rank of the mesh runs.
 *
 * @param node name of its node
 * @param process name of its process, unique in the cluster
 */
public record RankHome(String node, String process) {}
