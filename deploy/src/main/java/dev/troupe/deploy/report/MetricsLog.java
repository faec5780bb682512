package dev.troupe.deploy.report;

import com.google.gson.JsonObject;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * {@code metrics.jsonl}: one line a committed step, each step once. A run that resumes, or goes
 * back, drops the lines of the steps it will do again. The field names are a contract with tools.
 * Used by one thread.
 */
public final class MetricsLog implements AutoCloseable {
  private final StepLines lines;

  private MetricsLog(StepLines lines) {
    this.lines = lines;
  }

  /**
   * Opens the log, with what earlier runs left. The file is a new one with the lines of the old
   * one, so that another process that still writes to that writes for nobody.
   *
   * @throws dev.troupe.proto.error.TroupeException of category resource where it cannot be written
   */
  public static MetricsLog open(Path file) {
    return new MetricsLog(StepLines.open(file));
  }

  /** The run goes on after {@code step} (0: from the beginning): later ones come again. */
  public void goOnAfter(long step) {
    lines.goOnAfter(step);
  }

  /** Appends a step and makes the line visible to readers; one that is there is not changed. */
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
    if (!step.sourceLosses().isEmpty()) {
      JsonObject losses = new JsonObject();
      step.sourceLosses().forEach((name, loss) -> losses.addProperty(name, finite(loss)));
      line.add("losses", losses);
    }
    lines.append(step.step(), List.of(line));
  }

  @Override
  public void close() {
    lines.close();
  }

  /** JSON has no NaN and no infinity. */
  private static @Nullable Double finite(double value) {
    return Double.isFinite(value) ? value : null;
  }
}
