package dev.troupe.deploy.report;

import com.google.gson.Gson;
import com.google.gson.GsonBuilder;
import com.google.gson.JsonObject;
import dev.troupe.proto.error.Category;
import dev.troupe.proto.error.TroupeException;
import java.io.BufferedWriter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/** Appends JSON objects to a file, a line each, flushed. Used by one thread. */
final class JsonLines implements AutoCloseable {
  private static final Gson GSON =
      new GsonBuilder().serializeNulls().disableHtmlEscaping().create();

  private final Path file;
  private final BufferedWriter writer;

  JsonLines(Path file) throws IOException {
    this.file = file;
    this.writer =
        Files.newBufferedWriter(file, StandardOpenOption.CREATE, StandardOpenOption.APPEND);
  }

  void append(JsonObject line) {
    try {
      writer.write(GSON.toJson(line));
      writer.write('\n');
      writer.flush();
    } catch (IOException e) {
      throw cannotWrite(file, e);
    }
  }

  @Override
  public void close() {
    try {
      writer.close();
    } catch (IOException e) {
      throw cannotWrite(file, e);
    }
  }

  static TroupeException cannotWrite(Path file, IOException cause) {
    return new TroupeException(
        Category.RESOURCE,
        "cannot write %s: %s; free disk space or choose another run.dir".formatted(file, cause),
        cause);
  }
}
