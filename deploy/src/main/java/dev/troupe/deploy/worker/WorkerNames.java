package dev.troupe.deploy.worker;

import dev.troupe.deploy.backend.GpuSettings;
import java.util.HexFormat;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;

/** What each worker process of a node is called and given. */
final class WorkerNames {
  private static final int LONGEST = 40;

  private WorkerNames() {}

  /**
   * Settings of a process to be started now; its name is new each time, so that it is not taken for
   * the one before.
   *
   * @param index which of the node's processes
   * @param perProcess devices of each
   * @param follows whether there was one before it
   */
  static WorkerSettings settings(Workers.Start start, int index, int perProcess, boolean follows) {
    int first = index * perProcess;
    int count = Math.min(perProcess, start.devices() - first);
    String number = "w" + index + "-" + random();
    return new WorkerSettings(
        start.node().node(),
        label(start.node().node()) + "-" + number,
        start.folder().resolve(number),
        start.cluster().host(),
        start.cluster().data(),
        start.aeronDirectory(),
        start.sharedMemory(),
        follows,
        start.faults(),
        gpus(start, first, count));
  }

  private static Optional<GpuSettings> gpus(Workers.Start start, int first, int count) {
    return start.kind().equals("cuda")
        ? Optional.of(
            new GpuSettings(
                start.cuda().libraries(), start.offset(), first, count, start.cuda().shareGpu()))
        : Optional.empty();
  }

  /** The node's name as a part of file names. */
  private static String label(String node) {
    String letters = node.replaceAll("[^A-Za-z0-9]", "-");
    String cut = letters.substring(0, Math.min(letters.length(), LONGEST));
    return cut.startsWith("-") ? "n" + cut : cut;
  }

  private static String random() {
    return HexFormat.of().toHexDigits(ThreadLocalRandom.current().nextInt());
  }
}
