package dev.troupe.deploy.runs;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParseException;
import com.google.gson.JsonParser;
import dev.troupe.proto.error.Category;
import dev.troupe.proto.error.TroupeException;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Reads {@code metrics.jsonl}, also while the run writes to it. */
final class StepReader {
  private final List<StepLine> steps = new ArrayList<>();
  private long tokens;
  private double seconds;

  private StepReader() {}

  /**
   * The steps of a file, in their order; none where there is no file. A last line that is not yet
   * whole is left out.
   *
   * @throws TroupeException of category data that names file and line where another is broken
   */
  static List<StepLine> read(Path file) {
    StepReader reader = new StepReader();
    try (BufferedReader lines = Files.newBufferedReader(file)) {
      int number = 0;
      String line;
      while ((line = lines.readLine()) != null) {
        number++;
        StepLine step = reader.step(line);
        if (step == null) {
          if (lines.readLine() == null) {
            break;
          }
          throw TroupeException.data(
              "%s, line %d: not a step; remove the line, or give other runs"
                  .formatted(file, number));
        }
        reader.steps.add(step);
      }
    } catch (NoSuchFileException e) {
      return List.of();
    } catch (IOException e) {
      throw new TroupeException(
          Category.DATA, "cannot read %s: %s; is it a run's folder?".formatted(file, e), e);
    }
    return List.copyOf(reader.steps);
  }

  private @Nullable StepLine step(String line) {
    try {
      JsonObject json = JsonParser.parseString(line).getAsJsonObject();
      long step = json.get("step").getAsLong();
      tokens += json.get("tokens").getAsLong();
      seconds += json.get("step_seconds").getAsDouble();
      return new StepLine(
          step,
          Double.parseDouble(json.get("loss_hex").getAsString()),
          number(json.get("grad_norm")),
          number(json.get("lr")),
          tokens,
          seconds,
          number(json.get("tokens_per_second")),
          json.get("tp").getAsInt(),
          json.get("dp").getAsInt());
    } catch (JsonParseException
        | IllegalStateException
        | NullPointerException
        | NumberFormatException
        | UnsupportedOperationException e) {
      return null;
    }
  }

  /** JSON has no NaN: it is null there. */
  private static double number(JsonElement value) {
    return value.isJsonNull() ? Double.NaN : value.getAsDouble();
  }
}
