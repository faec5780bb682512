package dev.troupe.deploy.report;

import com.google.gson.JsonObject;
import dev.troupe.coordinator.SamplesRecord;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * {@code samples.jsonl}: a line for each text that the model wrote, each once. A run that resumes,
 * or goes back, drops those of the steps it will do again. The file is made with the first text.
 * Used by one thread.
 */
final class SamplesLog implements AutoCloseable {
  private final Path file;
  private @Nullable StepLines lines;

  /** The log in {@code file}, with what earlier runs left. */
  SamplesLog(Path file) {
    this.file = file;
    this.lines = Files.exists(file) ? StepLines.open(file) : null;
  }

  /** The run goes on after {@code step} (0: from the beginning): later ones come again. */
  void goOnAfter(long step) {
    if (lines != null) {
      lines.goOnAfter(step);
    }
  }

  /** Appends the texts of a step. */
  void append(SamplesRecord record) {
    StepLines open = lines;
    if (open == null) {
      open = StepLines.open(file);
      lines = open;
    }
    List<JsonObject> texts = record.samples().stream().map(sample -> line(record, sample)).toList();
    open.append(record.step(), texts);
  }

  private static JsonObject line(SamplesRecord record, SamplesRecord.Sample sample) {
    JsonObject line = new JsonObject();
    line.addProperty("step", record.step());
    line.addProperty("prompt", sample.prompt());
    line.addProperty("text", sample.text());
    line.addProperty("epoch", record.epoch());
    return line;
  }

  @Override
  public void close() {
    if (lines != null) {
      lines.close();
    }
  }
}
