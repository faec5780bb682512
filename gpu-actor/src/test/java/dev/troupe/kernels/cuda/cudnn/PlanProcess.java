package dev.troupe.kernels.cuda.cudnn;

import dev.troupe.collectives.device.cuda.CudaLibraries;
import dev.troupe.collectives.device.cuda.CudaLibrary;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Compiles plans with NVIDIA's cuDNN in a process of its own: no other driver can be loaded beside
 * the one that it gets, and a crash in it ends only this process.
 */
final class PlanProcess {
  private static final int FIELDS = 5;

  private PlanProcess() {}

  /**
   * Compiles plans.
   *
   * @param libraries what the product finds NVIDIA's libraries by
   * @param driver the file that stands for the driver
   * @return an answer to each request
   */
  static Map<PlanRequest, PlanAnswer> run(Path libraries, Path driver, List<PlanRequest> requests)
      throws IOException, InterruptedException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.add("--enable-native-access=ALL-UNNAMED");
    command.addAll(List.of("-cp", System.getProperty("java.class.path")));
    command.add(PlanProcess.class.getName());
    command.addAll(List.of(libraries.toString(), driver.toString()));
    requests.forEach(request -> command.add(request.argument()));
    ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
    Process process = builder.start();
    Map<PlanRequest, PlanAnswer> answers = new LinkedHashMap<>();
    StringBuilder rest = new StringBuilder();
    for (String line :
        new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8)
            .lines()
            .toList()) {
      List<String> fields = Arrays.asList(line.split("\t", -1));
      if (fields.size() == FIELDS) {
        answers.put(
            PlanRequest.parse(fields.getFirst()), PlanAnswer.parse(fields.subList(1, FIELDS)));
      } else {
        rest.append(line).append('\n');
      }
    }
    if (process.waitFor() != 0 || answers.size() != requests.size()) {
      throw new IllegalStateException("exit code " + process.waitFor() + "\n" + rest);
    }
    return answers;
  }

  /** Compiles what the arguments ask for, after the libraries and the driver. */
  public static void main(String[] arguments) {
    System.load(arguments[1]);
    CudaLibraries.find(Optional.of(Path.of(arguments[0]))).load(CudaLibrary.CUDNN);
    PrintStream out = new PrintStream(System.out, true, StandardCharsets.UTF_8);
    for (String argument : Arrays.asList(arguments).subList(2, arguments.length)) {
      out.println(argument + "\t" + answer(PlanRequest.parse(argument)).line());
    }
  }

  private static PlanAnswer answer(PlanRequest request) {
    DeviceProperties device = DeviceProperties.described(request.gpu().json());
    long start = System.nanoTime();
    try (AttentionPlans plans =
        new AttentionPlans(device, request.gpu().architecture(), request.deterministic())) {
      Geometry geometry = Geometry.packed(request.shape(), request.window());
      long forward = plans.forward(geometry).temporaryBytes();
      Gradients gradients = Gradients.like(geometry, request.deterministic());
      long backward = plans.backward(gradients).temporaryBytes();
      return new PlanAnswer("", forward, backward, (System.nanoTime() - start) / 1_000_000);
    } catch (CudnnException e) {
      return new PlanAnswer(String.valueOf(e.getMessage()), 0, 0, 0);
    }
  }
}
