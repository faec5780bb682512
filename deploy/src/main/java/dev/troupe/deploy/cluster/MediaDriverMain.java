package dev.troupe.deploy.cluster;

import io.aeron.driver.MediaDriver;
import io.aeron.driver.ThreadingMode;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.agrona.concurrent.BackoffIdleStrategy;
import sun.misc.Signal;
import sun.misc.SignalHandler;

/**
 * The media driver's process: moves the packets of all processes of its host on one thread. It ends
 * when its standard input does, so when its parent dies; a terminal's Ctrl-C is the parent's
 * affair.
 */
public final class MediaDriverMain {
  /** What the process prints once it serves. */
  static final String READY = "media driver ready";

  /**
   * Bytes of a term. A stream takes three, at its sender's and its receiver's host, as files in
   * which only what was touched takes memory; a message takes at most an eighth of one.
   */
  static final int TERM_LENGTH = 4 << 20;

  private static final long CLIENT_LIVENESS_SECONDS = 20;
  private static final long UNBLOCK_SECONDS = 40; // must be longer than clients live
  private static final long IMAGE_LIVENESS_SECONDS = 3;
  private static final long LOW_STORAGE = 32L << 20;
  private static final int SPINS = 20;
  private static final int YIELDS = 50;
  private static final long SHORTEST_PARK_MICROS = 1;
  private static final long LONGEST_PARK_MICROS = 1_000;

  private MediaDriverMain() {}

  /** Serves the directory that the only argument names. */
  public static void main(String[] arguments) throws IOException {
    Signal.handle(new Signal("INT"), SignalHandler.SIG_IGN);
    Signal.handle(new Signal("HUP"), SignalHandler.SIG_IGN);
    try (MediaDriver driver = MediaDriver.launch(context(Path.of(arguments[0])))) {
      System.out.println(READY + " in " + driver.aeronDirectoryName());
      awaitEnd(System.in);
    }
  }

  private static MediaDriver.Context context(Path directory) {
    return new MediaDriver.Context()
        .aeronDirectoryName(directory.toString())
        .dirDeleteOnStart(true)
        .dirDeleteOnShutdown(true)
        .warnIfDirectoryExists(false)
        .threadingMode(ThreadingMode.SHARED)
        .sharedIdleStrategy(
            new BackoffIdleStrategy(
                SPINS,
                YIELDS,
                TimeUnit.MICROSECONDS.toNanos(SHORTEST_PARK_MICROS),
                TimeUnit.MICROSECONDS.toNanos(LONGEST_PARK_MICROS)))
        .clientLivenessTimeoutNs(TimeUnit.SECONDS.toNanos(CLIENT_LIVENESS_SECONDS))
        .publicationUnblockTimeoutNs(TimeUnit.SECONDS.toNanos(UNBLOCK_SECONDS))
        .imageLivenessTimeoutNs(TimeUnit.SECONDS.toNanos(IMAGE_LIVENESS_SECONDS))
        .publicationTermBufferLength(TERM_LENGTH)
        .ipcTermBufferLength(TERM_LENGTH)
        .termBufferSparseFile(true)
        .lowStorageWarningThreshold(LOW_STORAGE);
  }

  private static void awaitEnd(InputStream parent) throws IOException {
    while (parent.read() >= 0) {
      // The parent says nothing; only that it is gone matters.
    }
  }
}
