package dev.troupe.deploy.api;

import com.sun.management.UnixOperatingSystemMXBean;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.lang.management.RuntimeMXBean;
import java.nio.file.Files;
import java.nio.file.Path;

/** The {@code process_*} metrics that all Prometheus clients share, as far as the system tells. */
final class ProcessMetrics {
  private static final Path STATUS = Path.of("/proc/self/status");
  private static final String RESIDENT = "VmRSS:";

  private ProcessMetrics() {}

  static void append(PrometheusText out) {
    RuntimeMXBean runtime = ManagementFactory.getRuntimeMXBean();
    out.metric("process_start_time_seconds", "gauge", "Start of the process, in Unix time.")
        .sample("process_start_time_seconds", runtime.getStartTime() / 1e3);
    if (ManagementFactory.getOperatingSystemMXBean() instanceof UnixOperatingSystemMXBean system) {
      out.metric("process_cpu_seconds_total", "counter", "CPU time used.")
          .sample("process_cpu_seconds_total", system.getProcessCpuTime() / 1e9);
      out.metric("process_open_fds", "gauge", "Open file descriptors.")
          .sample("process_open_fds", system.getOpenFileDescriptorCount());
      out.metric("process_max_fds", "gauge", "Most file descriptors it may open.")
          .sample("process_max_fds", system.getMaxFileDescriptorCount());
    }
    long resident = residentBytes();
    if (resident > 0) {
      out.metric("process_resident_memory_bytes", "gauge", "Memory in use, off-heap included.")
          .sample("process_resident_memory_bytes", resident);
    }
  }

  /** 0 where the system does not tell. */
  private static long residentBytes() {
    try {
      return Files.readAllLines(STATUS).stream()
          .filter(line -> line.startsWith(RESIDENT))
          .map(line -> line.replaceAll("[^0-9]", ""))
          .mapToLong(kib -> Long.parseLong(kib) * 1024)
          .findFirst()
          .orElse(0);
    } catch (IOException e) {
      return 0;
    }
  }
}
