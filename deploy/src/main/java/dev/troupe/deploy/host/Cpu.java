package dev.troupe.deploy.host;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The processor.
 *
 * @param model its name; "unknown" where the system does not tell
 * @param cores processors that this process may use
 * @param features instruction sets that decide how fast training is; false also where unknown
 */
public record Cpu(String model, int cores, Map<String, Boolean> features) {

  /** Names as in {@code /proc/cpuinfo}. */
  private static final List<String> FLAGS =
      List.of("avx2", "fma", "avx512f", "avx512_vnni", "avx512_bf16", "amx_bf16", "amx_int8");

  /** Reads {@code proc/cpuinfo} below the root folder. */
  public static Cpu read() {
    return read(Path.of("/"));
  }

  static Cpu read(Path root) {
    List<String> lines = HostMemory.lines(root.resolve("proc/cpuinfo"));
    List<String> flags = List.of(value(lines, "flags", "").split("\\s+", -1));
    Map<String, Boolean> features = new LinkedHashMap<>();
    FLAGS.forEach(flag -> features.put(flag, flags.contains(flag)));
    return new Cpu(
        value(lines, "model name", "unknown"),
        Runtime.getRuntime().availableProcessors(),
        features);
  }

  private static String value(List<String> lines, String label, String whereAbsent) {
    return lines.stream()
        .filter(line -> line.startsWith(label) && line.contains(":"))
        .map(line -> line.substring(line.indexOf(':') + 1).strip())
        .findFirst()
        .orElse(whereAbsent);
  }
}
