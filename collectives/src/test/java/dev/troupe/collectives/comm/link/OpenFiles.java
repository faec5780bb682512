package dev.troupe.collectives.comm.link;

import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.management.UnixOperatingSystemMXBean;
import java.lang.management.ManagementFactory;
import java.time.Duration;

/** Watches descriptors and threads of this process while something is repeated. */
final class OpenFiles {
  private static final int SETTLED = 10;
  private static final long SLACK = 16;

  private long files;
  private int threads;

  /** Remembers what the tenth repetition left. */
  void note(int repetition) {
    if (repetition == SETTLED) {
      files = files();
      threads = threads();
    }
  }

  /** Waits until no more is left than then; what lingers for a while may go first. */
  void assertStable() {
    Deadline deadline = Deadline.in(Duration.ofSeconds(15));
    while ((files() > files + SLACK || threads() > threads + SLACK) && !deadline.hasPassed()) {
      Thread.onSpinWait();
    }
    assertTrue(files() <= files + SLACK, "open files: " + files + ", then " + files());
    assertTrue(threads() <= threads + SLACK, "threads: " + threads + ", then " + threads());
  }

  private static long files() {
    return ManagementFactory.getPlatformMXBean(UnixOperatingSystemMXBean.class)
        .getOpenFileDescriptorCount();
  }

  private static int threads() {
    return ManagementFactory.getThreadMXBean().getThreadCount();
  }
}
