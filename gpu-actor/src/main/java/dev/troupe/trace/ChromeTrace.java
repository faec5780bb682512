package dev.troupe.trace;

import com.google.gson.stream.JsonWriter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * The trace event format that chrome://tracing and Perfetto read: complete events, times in
 * microseconds; a process is a rank, a thread a track.
 */
final class ChromeTrace {
  private ChromeTrace() {}

  static void write(Path file, int rank, List<Tracer.Span> spans) throws IOException {
    if (file.getParent() != null) {
      Files.createDirectories(file.getParent());
    }
    List<String> tracks = new ArrayList<>();
    try (JsonWriter json = new JsonWriter(Files.newBufferedWriter(file))) {
      json.beginObject().name("displayTimeUnit").value("ms").name("traceEvents").beginArray();
      for (Tracer.Span span : spans) {
        if (!tracks.contains(span.track)) {
          tracks.add(span.track);
          name(json, rank, tracks.indexOf(span.track), "thread_name", span.track);
        }
        double begin = span.begin.micros();
        json.beginObject();
        json.name("ph").value("X").name("name").value(span.name);
        json.name("pid").value(rank).name("tid").value(tracks.indexOf(span.track));
        json.name("ts").jsonValue(number(begin));
        json.name("dur").jsonValue(number(Math.max(0, span.end.micros() - begin)));
        json.endObject();
      }
      name(json, rank, 0, "process_name", "rank " + rank);
      json.endArray().endObject();
    }
  }

  private static void name(JsonWriter json, int rank, int track, String what, String name)
      throws IOException {
    json.beginObject().name("ph").value("M").name("name").value(what);
    json.name("pid").value(rank).name("tid").value(track);
    json.name("args").beginObject().name("name").value(name).endObject().endObject();
  }

  private static String number(double micros) {
    return String.format(Locale.ROOT, "%.3f", micros);
  }
}
