package dev.troupe.proto.message;

/**
 * A device that a node offers.
 *
 * @param index index on the node
 * @param kind backend, as {@code device} in a job: {@code cpu} or {@code cuda}
 * @param name name for people
 * @param memoryBytes bytes that a rank may use; 0 where unknown, or shared with other devices
 * @param process name of the process that holds it, unique in a cluster
 * @param endpoint address of that process's data plane, {@code transport://host:port}; empty where
 *     it has none
 */
public record DeviceInfo(
    int index, String kind, String name, long memoryBytes, String process, String endpoint) {
  /** Checks the fields. */
  public DeviceInfo {
    Checks.notNegative("device index", index);
    Checks.notBlank("device kind", kind);
    Checks.notNegative("device memory", memoryBytes);
    Checks.label("device process", process);
  }

  /** A device of a run in one process. */
  public DeviceInfo(int index, String kind, String name, long memoryBytes) {
    this(index, kind, name, memoryBytes, "local", "");
  }
}
