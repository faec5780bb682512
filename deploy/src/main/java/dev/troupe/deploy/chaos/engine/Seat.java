package dev.troupe.deploy.chaos.engine;

/**
 * Where a rank is.
 *
 * @param rank the rank
 * @param node its node
 * @param device its device on the node
 * @param process name of its process
 * @param address where its process listens; empty where it does not
 */
record Seat(int rank, String node, int device, String process, String address) {}
