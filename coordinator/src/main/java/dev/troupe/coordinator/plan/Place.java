package dev.troupe.coordinator.plan;

/**
 * Where a rank runs.
 *
 * @param node name of the node
 * @param device index of the device on it
 */
public record Place(String node, int device) {}
