package dev.troupe.collectives.device.cuda;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What {@code ldconfig -p} says: the libraries that the system's loader knows. */
final class LoaderCache {
  // "\tlibcuda.so.1 (libc6,x86-64) => /lib/x86_64-linux-gnu/libcuda.so.1"
  private static final Pattern LINE = Pattern.compile("^\\s*(\\S+) \\((.*)\\) => (/.*)$");
  private static final List<Path> PROGRAMS =
      List.of(Path.of("/sbin/ldconfig"), Path.of("/usr/sbin/ldconfig"));

  private LoaderCache() {}

  /** Soname to file; empty where there is no such cache. */
  static Map<String, Path> read() {
    for (Path program : PROGRAMS) {
      if (Files.isExecutable(program)) {
        return run(program);
      }
    }
    return Map.of();
  }

  private static Map<String, Path> run(Path program) {
    try {
      Process process =
          new ProcessBuilder(program.toString(), "-p")
              .redirectError(ProcessBuilder.Redirect.DISCARD)
              .start();
      process.getOutputStream().close();
      String text = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      if (!process.waitFor(10, TimeUnit.SECONDS)) {
        process.destroyForcibly();
      }
      return parse(text);
    } catch (IOException e) {
      return Map.of(); // a minimal container: the usual folders are looked in as well
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return Map.of();
    }
  }

  /** The first 64-bit entry of each soname. */
  static Map<String, Path> parse(String text) {
    Map<String, Path> found = new HashMap<>();
    for (String line : text.lines().toList()) {
      Matcher matcher = LINE.matcher(line);
      if (matcher.matches() && matcher.group(2).contains("x86-64")) {
        found.putIfAbsent(matcher.group(1), Path.of(matcher.group(3)));
      }
    }
    return found;
  }
}
