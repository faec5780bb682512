package dev.troupe.deploy.cli;

import com.google.gson.JsonObject;
import com.google.gson.JsonParseException;
import com.google.gson.JsonParser;
import dev.troupe.deploy.report.RunFolder;
import dev.troupe.deploy.report.Words;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;

/** What the files of a run that does not answer tell of it. */
final class LastState {
  private static final int TAIL_BYTES = 8_192;

  private LastState() {}

  /** {@code last state from its files: step 120, loss 2.3101, 3m 05s ago}. */
  static String words(Path runFolder) {
    Path metrics = new RunFolder(runFolder).metrics();
    try {
      double age =
          (System.currentTimeMillis() - Files.getLastModifiedTime(metrics).toMillis()) / 1e3;
      for (String line : tail(metrics).reversed()) {
        try {
          if (JsonParser.parseString(line) instanceof JsonObject step && step.has("step")) {
            return "last state from its files: step %,d%s, %s ago"
                .formatted(step.get("step").getAsLong(), loss(step), Words.duration(age));
          }
        } catch (JsonParseException | NumberFormatException | UnsupportedOperationException e) {
          continue; // cut off, by a crash or by where the tail begins
        }
      }
    } catch (IOException e) {
      return "it has no steps yet";
    }
    return "it has no steps yet";
  }

  private static String loss(JsonObject step) {
    return step.has("loss") && !step.get("loss").isJsonNull()
        ? String.format(Locale.ROOT, ", loss %.4f", step.get("loss").getAsDouble())
        : "";
  }

  private static List<String> tail(Path file) throws IOException {
    try (RandomAccessFile in = new RandomAccessFile(file.toFile(), "r")) {
      long from = Math.max(0, in.length() - TAIL_BYTES);
      byte[] bytes = new byte[(int) (in.length() - from)];
      in.seek(from);
      in.readFully(bytes);
      return new String(bytes, StandardCharsets.UTF_8).lines().toList();
    }
  }
}
