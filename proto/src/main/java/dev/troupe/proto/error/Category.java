package dev.troupe.proto.error;

import java.util.Arrays;
import java.util.Optional;

/** What kind of thing went wrong, with the exit code a process ends with because of it. */
public enum Category {
  /** The command line or the job file. */
  USAGE(2),
  /** Training data, a token file or a checkpoint. */
  DATA(3),
  /** Memory, disk, a device, a port. */
  RESOURCE(4),
  /** Another process, node or the cluster. */
  PEER(5),
  /** A defect of ours. */
  INTERNAL(70);

  private final int exitCode;

  Category(int exitCode) {
    this.exitCode = exitCode;
  }

  /** The category that a process ended with; empty where its exit code is no category's. */
  public static Optional<Category> ofExitCode(int exitCode) {
    return Arrays.stream(values()).filter(each -> each.exitCode == exitCode).findFirst();
  }

  /** The process exit code for this category. */
  public int exitCode() {
    return exitCode;
  }
}
