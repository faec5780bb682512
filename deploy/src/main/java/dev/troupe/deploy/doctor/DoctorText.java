package dev.troupe.deploy.doctor;

import dev.troupe.collectives.device.cuda.GpuInfo;
import dev.troupe.proto.config.ByteSize;
import java.io.PrintWriter;
import java.util.Map;
import java.util.stream.Collectors;

/** Prints a report for people. */
public final class DoctorText {
  private DoctorText() {}

  /** Prints a line a finding. */
  public static void print(DoctorReport report, PrintWriter out) {
    row(out, "Java", report.java() + ", " + report.javaHome());
    row(out, "platform", report.platform());
    row(out, "CPU", "%s, %d cores".formatted(report.cpu().model(), report.cpu().cores()));
    row(out, "features", names(report.cpu().features(), true));
    row(out, "  missing", names(report.cpu().features(), false));
    row(
        out,
        "memory",
        "%s, %s available"
            .formatted(
                ByteSize.text(report.memoryTotal()), ByteSize.text(report.memoryAvailable())));
    row(
        out,
        "disk",
        "%s free for %s".formatted(ByteSize.text(report.diskFree()), report.runFolder()));
    row(
        out,
        "oneDNN",
        report.oneDnn() == null
            ? "none for this platform: training needs Linux or macOS on x86-64"
            : "found");
    report.cuda().libraries().forEach((name, library) -> row(out, name, text(library)));
    for (GpuFinding found : report.cuda().gpus()) {
      row(out, "GPU", text(found.gpu()));
      found.off().forEach(feature -> row(out, "  off", feature));
    }
    if (report.cuda().problem() != null) {
      row(out, "GPU", "none: " + report.cuda().problem());
    }
    out.flush();
  }

  private static String text(GpuLibrary library) {
    if (library.problem() != null) {
      return library.problem();
    }
    String version = library.version() == null ? "" : library.version() + ", ";
    return "%s%s (%s)".formatted(version, library.file(), library.place());
  }

  private static String text(GpuInfo gpu) {
    return "%s, compute capability %d.%d, %d multiprocessors, %s, %s"
        .formatted(
            gpu.text(),
            gpu.major(),
            gpu.minor(),
            gpu.multiprocessors(),
            ByteSize.text(gpu.memoryBytes()),
            gpu.busId());
  }

  private static String names(Map<String, Boolean> features, boolean present) {
    String names =
        features.entrySet().stream()
            .filter(feature -> feature.getValue() == present)
            .map(Map.Entry::getKey)
            .collect(Collectors.joining(" "));
    return names.isEmpty() ? "none" : names;
  }

  private static void row(PrintWriter out, String what, String finding) {
    out.printf("%-12s  %s%n", what, finding);
  }
}
