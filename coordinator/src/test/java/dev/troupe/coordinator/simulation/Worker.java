package dev.troupe.coordinator.simulation;

import dev.troupe.proto.message.DeviceInfo;
import java.util.List;

/** A worker process with its memory, and what is wrong with it. */
final class Worker {
  final Process process;
  final Vault vault = new Vault();
  final List<Integer> devices;

  /** Its threads do not even notice an abort. */
  boolean stuck;

  /** How many times slower than the others it computes. */
  double slowness = 1;

  /** Whether the next gradient that it computes is not finite. */
  boolean nextIsNan;

  /** Whether a bit of a rank's memory flips before its next step. */
  boolean nextIsDamaged;

  Worker(Process process, List<Integer> devices) {
    this.process = process;
    this.devices = devices;
  }

  List<DeviceInfo> infos() {
    return devices.stream()
        .map(index -> new DeviceInfo(index, "cpu", "model", 0, process.name(), "tcp://m:1"))
        .toList();
  }

  boolean takeDamage() {
    boolean taken = nextIsDamaged;
    nextIsDamaged = false;
    return taken;
  }

  boolean takeNan() {
    boolean taken = nextIsNan;
    nextIsNan = false;
    return taken;
  }
}
