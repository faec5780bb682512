package dev.troupe.deploy.launch;

import dev.troupe.proto.error.TroupeException;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/** Shows what other processes append to a file, line by line, until it is closed. */
final class ConsoleTail implements AutoCloseable {
  private static final int BLOCK = 64 << 10;
  private static final long POLL_MILLIS = 100;

  private final Path file;
  private final FileChannel channel;
  private final PrintWriter out;
  private final ByteArrayOutputStream rest = new ByteArrayOutputStream();
  private final ScheduledExecutorService clock =
      Executors.newSingleThreadScheduledExecutor(
          Thread.ofPlatform().daemon().name("console").factory());

  private ConsoleTail(Path file, FileChannel channel, PrintWriter out) {
    this.file = file;
    this.channel = channel;
    this.out = out;
  }

  /** Empties the file and shows what comes. */
  static ConsoleTail of(Path file, PrintWriter out) {
    try {
      Files.createDirectories(file.getParent());
      Files.writeString(file, "");
      ConsoleTail tail =
          new ConsoleTail(file, FileChannel.open(file, StandardOpenOption.READ), out);
      var unused =
          tail.clock.scheduleWithFixedDelay(
              tail::show, POLL_MILLIS, POLL_MILLIS, TimeUnit.MILLISECONDS);
      return tail;
    } catch (IOException e) {
      throw TroupeException.resource("%s: %s".formatted(file, e));
    }
  }

  private synchronized void show() {
    ByteBuffer bytes = ByteBuffer.allocate(BLOCK);
    try {
      while (channel.read(bytes) > 0) {
        for (bytes.flip(); bytes.hasRemaining(); ) {
          byte next = bytes.get();
          rest.write(next);
          if (next == '\n') {
            out.print(rest.toString(StandardCharsets.UTF_8));
            rest.reset();
          }
        }
        bytes.clear();
      }
    } catch (IOException e) {
      out.printf("  warning: %s: %s%n", file, e.getMessage());
    }
    out.flush();
  }

  /** Shows the last lines. */
  @Override
  public void close() {
    clock.shutdownNow();
    show();
    try {
      channel.close();
    } catch (IOException e) {
      // It was read only.
    }
  }
}
