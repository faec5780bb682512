package dev.troupe.proto.message;

/**
 * A device that a node offers.
 *
 * @param index index on the node
 * @param kind backend, as {@code device} in a job: {@code cpu} or {@code cuda}
 * @param name name for people
 * @param memoryBytes bytes that a rank may use; 0 where unknown
 */
public record DeviceInfo(int index, String kind, String name, long memoryBytes) {
  /** Checks the fields. */
  public DeviceInfo {
    Checks.notNegative("device index", index);
    Checks.notBlank("device kind", kind);
    Checks.notNegative("device memory", memoryBytes);
  }
}
