package dev.troupe.proto.config;

import dev.troupe.proto.spec.DataSpec;
import java.nio.file.Path;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** The name of a run whose user gave none. */
final class RunName {
  private static final int LONGEST_DATA_NAME = 60;

  private RunName() {}

  /** {@code preset-data}: other data is another run, so that it never resumes this one. */
  static String of(String preset, DataSpec data) {
    return preset + "-" + (data.blend().isEmpty() ? dataName(data.path()) : blendName(data));
  }

  private static String blendName(DataSpec data) {
    String names =
        data.blend().sources().stream()
            .map(source -> source.name())
            .collect(Collectors.joining("-"));
    return names.substring(0, Math.min(names.length(), LONGEST_DATA_NAME));
  }

  private static String dataName(@Nullable String path) {
    if (path == null) {
      return DataSpec.BIOS;
    }
    Path last = Path.of(path).toAbsolutePath().normalize().getFileName();
    String name = last == null ? "" : last.toString().replaceFirst("\\.(txt|jsonl)$", "");
    String safe = name.replaceAll("[^A-Za-z0-9._-]", "_");
    return safe.isEmpty()
        ? DataSpec.FILES
        : safe.substring(0, Math.min(safe.length(), LONGEST_DATA_NAME));
  }
}
