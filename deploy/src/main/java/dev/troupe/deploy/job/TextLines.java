package dev.troupe.deploy.job;

import com.google.gson.Gson;
import com.google.gson.GsonBuilder;
import com.google.gson.JsonObject;
import dev.troupe.infer.FinishReason;
import dev.troupe.infer.TextListener;
import dev.troupe.proto.error.Category;
import dev.troupe.proto.error.TroupeException;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Writes a JSON object a line for each text, in order: one that is complete before those ahead of
 * it waits for them. Each line is whole, also when the rest never comes.
 */
final class TextLines implements TextSink {
  private static final Gson GSON = new GsonBuilder().disableHtmlEscaping().create();

  private final PrintWriter out;
  private final @Nullable Path file;
  private final boolean echo;
  private final Map<Integer, String> waiting = new HashMap<>();
  private int next;

  private TextLines(PrintWriter out, @Nullable Path file, boolean echo) {
    this.out = out;
    this.file = file;
    this.echo = echo;
  }

  /** Lines for an open stream, which stays open. */
  static TextLines to(PrintWriter out, boolean echo) {
    return new TextLines(out, null, echo);
  }

  /**
   * Lines for a file, which is made or replaced.
   *
   * @throws TroupeException of category resource where it cannot be written
   */
  static TextLines to(Path file, boolean echo) {
    try {
      return new TextLines(
          new PrintWriter(Files.newBufferedWriter(file, StandardCharsets.UTF_8)), file, echo);
    } catch (IOException e) {
      throw new TroupeException(
          Category.RESOURCE, "cannot write %s: %s; choose another --out".formatted(file, e), e);
    }
  }

  @Override
  public TextListener begin(int place, String prompt, int sample, int promptTokens) {
    StringBuilder text = new StringBuilder(echo ? prompt : "");
    return new TextListener() {
      @Override
      public void text(String piece) {
        text.append(piece);
      }

      @Override
      public void ended(FinishReason reason, int tokens) {
        JsonObject line = new JsonObject();
        line.addProperty("prompt", prompt);
        line.addProperty("sample", sample);
        line.addProperty("text", text.toString());
        line.addProperty("finish_reason", reason.word());
        line.addProperty("prompt_tokens", promptTokens);
        line.addProperty("tokens", tokens);
        complete(place, GSON.toJson(line));
      }
    };
  }

  private void complete(int place, String line) {
    waiting.put(place, line);
    for (String ready = waiting.remove(next); ready != null; ready = waiting.remove(next)) {
      out.print(ready + "\n");
      next++;
    }
    out.flush();
    if (file != null && out.checkError()) {
      throw TroupeException.resource(
          "cannot write %s; free disk space or choose another --out".formatted(file));
    }
  }

  @Override
  public void close() {
    if (file != null) {
      out.close();
    }
  }
}
