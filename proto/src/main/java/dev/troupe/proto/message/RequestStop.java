package dev.troupe.proto.message;

/**
 * Asks the run to end: finish the step under way, save, stop. Asked again, it ends at once.
 *
 * @param reason who asks, for people
 */
public record RequestStop(String reason) implements CoordinatorCommand {}
