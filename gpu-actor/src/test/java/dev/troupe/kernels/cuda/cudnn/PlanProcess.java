package dev.troupe.kernels.cuda.cudnn;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * Compiles plans with NVIDIA's cuDNN in a process of its own: the library cannot be loaded beside
 * another driver, and a crash in it ends only this process.
 */
final class PlanProcess {
  private PlanProcess() {}

  /**
   * Compiles plans.
   *
   * @param libraries folders of NVIDIA's libraries and of a driver
   * @return for each request {@code forward bytes, backward bytes, milliseconds}, or the refusal
   */
  static Map<PlanRequest, String> run(List<Path> libraries, List<PlanRequest> requests)
      throws IOException, InterruptedException {
    String path = libraries.stream().map(Path::toString).collect(Collectors.joining(":"));
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(
        List.of("--enable-native-access=ALL-UNNAMED", "-Dorg.bytedeco.javacpp.pathsFirst=true"));
    command.addAll(List.of("-Djava.library.path=" + path));
    command.addAll(List.of("-cp", System.getProperty("java.class.path")));
    command.add(PlanProcess.class.getName());
    requests.forEach(request -> command.add(request.argument()));
    ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
    builder.environment().put("LD_LIBRARY_PATH", path);
    Process process = builder.start();
    Map<PlanRequest, String> answers = new LinkedHashMap<>();
    StringBuilder rest = new StringBuilder();
    for (String line :
        new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8)
            .lines()
            .toList()) {
      String[] parts = line.split("\t", 2);
      if (parts.length == 2) {
        answers.put(PlanRequest.parse(parts[0]), parts[1]);
      } else {
        rest.append(line).append('\n');
      }
    }
    if (process.waitFor() != 0 || answers.size() != requests.size()) {
      throw new IllegalStateException("exit code " + process.waitFor() + "\n" + rest);
    }
    return answers;
  }

  /** Compiles what the arguments ask for. */
  public static void main(String[] arguments) {
    PrintStream out = new PrintStream(System.out, true, StandardCharsets.UTF_8);
    for (String argument : arguments) {
      out.println(argument + "\t" + answer(PlanRequest.parse(argument)));
    }
  }

  private static String answer(PlanRequest request) {
    DeviceProperties device = DeviceProperties.described(request.gpu().json());
    long start = System.nanoTime();
    try (AttentionPlans plans =
        new AttentionPlans(device, request.gpu().architecture(), request.deterministic())) {
      Geometry geometry = Geometry.packed(request.shape(), request.window());
      long forward = plans.forward(geometry).temporaryBytes();
      Gradients gradients = Gradients.like(geometry, request.deterministic());
      long backward = plans.backward(gradients).temporaryBytes();
      return "%d, %d, %d".formatted(forward, backward, (System.nanoTime() - start) / 1_000_000);
    } catch (CudnnException e) {
      return "refused: " + String.valueOf(e.getMessage()).replace('\n', ' ').replace('\t', ' ');
    }
  }
}
