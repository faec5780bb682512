package dev.troupe.deploy.report;

import com.google.gson.JsonObject;
import com.google.gson.JsonParseException;
import com.google.gson.JsonParser;
import dev.troupe.proto.file.WholeFile;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
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
  private long last;

  private MetricsLog(Path file, JsonLines lines, long last) {
    this.file = file;
    this.lines = lines;
    this.last = last;
  }

  /**
   * Opens the log, with what earlier runs left. The file is a new one with the lines of the old
   * one, so that another process that still writes to that writes for nobody.
   *
   * @throws dev.troupe.proto.error.TroupeException of category resource where it cannot be written
   */
  public static MetricsLog open(Path file) {
    try {
      long last = dropAfter(file, Long.MAX_VALUE);
      return new MetricsLog(file, new JsonLines(file), last);
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
      last = dropAfter(file, step);
      lines = new JsonLines(file);
    } catch (IOException e) {
      throw JsonLines.cannotWrite(file, e);
    }
  }

  /**
   * Appends a step and makes the line visible to readers. A step that has a line already is not
   * written again: a coordinator that takes over tells of the last one once more.
   */
  public void step(StepMetrics step) {
    if (step.step() <= last) {
      return;
    }
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
    if (!step.sourceLosses().isEmpty()) {
      JsonObject losses = new JsonObject();
      step.sourceLosses().forEach((name, loss) -> losses.addProperty(name, finite(loss)));
      line.add("losses", losses);
    }
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

  /**
   * Replaces the file as a whole, so that a crash leaves the old or the new one.
   *
   * @return the last step that is left
   */
  private static long dropAfter(Path file, long lastStep) throws IOException {
    if (!Files.exists(file)) {
      return 0;
    }
    List<String> kept =
        new String(Files.readAllBytes(file), StandardCharsets.UTF_8)
            .lines()
            .filter(line -> isStepUpTo(lastStep, line))
            .toList();
    WholeFile.write(file, kept.isEmpty() ? "" : String.join("\n", kept) + "\n");
    return kept.isEmpty() ? 0 : step(kept.getLast());
  }

  /** False for a line that a crash cut off, too. */
  private static boolean isStepUpTo(long lastStep, String line) {
    try {
      return step(line) <= lastStep;
    } catch (JsonParseException | IllegalStateException | NullPointerException e) {
      return false;
    }
  }

  private static long step(String line) {
    return JsonParser.parseString(line).getAsJsonObject().get("step").getAsLong();
  }
}
