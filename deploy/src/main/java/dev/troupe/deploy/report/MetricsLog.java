package dev.troupe.deploy.report;

import com.google.gson.JsonObject;
import com.google.gson.JsonParseException;
import com.google.gson.JsonParser;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * {@code metrics.jsonl}: one line a committed step, each step once. A run that resumes, or goes
 * back, drops the lines of the steps it will do again. The field names are a contract with tools.
 * Used by one thread.
 */
public final class MetricsLog implements AutoCloseable {
  private final Path file;
  private JsonLines lines;
  private long last = Long.MAX_VALUE;

  private MetricsLog(Path file, JsonLines lines) {
    this.file = file;
    this.lines = lines;
  }

  /**
   * Opens the log, with what earlier runs left.
   *
   * @throws dev.troupe.proto.error.TroupeException of category resource where it cannot be written
   */
  public static MetricsLog open(Path file) {
    try {
      return new MetricsLog(file, new JsonLines(file));
    } catch (IOException e) {
      throw JsonLines.cannotWrite(file, e);
    }
  }

  /** The run goes on after {@code step} (0: from the beginning): later ones come again. */
  public void goOnAfter(long step) {
    if (last <= step) {
      return;
    }
    lines.close();
    try {
      dropAfter(file, step);
      lines = new JsonLines(file);
    } catch (IOException e) {
      throw JsonLines.cannotWrite(file, e);
    }
    last = step;
  }

  /** Appends a step and makes the line visible to readers. */
  public void step(StepMetrics step) {
    JsonObject line = new JsonObject();
    line.addProperty("step", step.step());
    line.addProperty("loss", finite(step.loss()));
    line.addProperty("loss_hex", Double.toHexString(step.loss()));
    line.addProperty("grad_norm", finite(step.gradNorm()));
    line.addProperty("lr", step.lr());
    line.addProperty("tokens", step.tokens());
    line.addProperty("tokens_per_second", step.tokensPerSecond());
    line.addProperty("step_seconds", step.seconds());
    line.addProperty("mfu", step.mfu());
    line.addProperty("epoch", step.epoch());
    line.addProperty("dp", step.dp());
    line.addProperty("tp", step.tp());
    lines.append(line);
    last = step.step();
  }

  @Override
  public void close() {
    lines.close();
  }

  /** JSON has no NaN and no infinity. */
  private static @Nullable Double finite(double value) {
    return Double.isFinite(value) ? value : null;
  }

  /** Replaces the file as a whole, so that a crash leaves the old or the new one. */
  private static void dropAfter(Path file, long lastStep) throws IOException {
    if (!Files.exists(file)) {
      return;
    }
    byte[] old = Files.readAllBytes(file);
    List<String> kept =
        new String(old, StandardCharsets.UTF_8)
            .lines()
            .filter(line -> isStepUpTo(lastStep, line))
            .toList();
    byte[] bytes =
        kept.isEmpty()
            ? new byte[0]
            : (String.join("\n", kept) + "\n").getBytes(StandardCharsets.UTF_8);
    if (bytes.length == old.length) {
      return;
    }
    Path replacement = file.resolveSibling(file.getFileName() + ".tmp");
    try (FileChannel channel =
        FileChannel.open(
            replacement,
            StandardOpenOption.CREATE,
            StandardOpenOption.TRUNCATE_EXISTING,
            StandardOpenOption.WRITE)) {
      ByteBuffer buffer = ByteBuffer.wrap(bytes);
      while (buffer.hasRemaining()) {
        channel.write(buffer);
      }
      channel.force(true);
    }
    Files.move(
        replacement, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
  }

  /** False for a line that a crash cut off, too. */
  private static boolean isStepUpTo(long lastStep, String line) {
    try {
      return JsonParser.parseString(line).getAsJsonObject().get("step").getAsLong() <= lastStep;
    } catch (JsonParseException | IllegalStateException | NullPointerException e) {
      return false;
    }
  }
}
