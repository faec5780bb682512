package dev.troupe.kernels.cuda.cudnn;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.troupe.collectives.device.cuda.CudaLibrary;
import dev.troupe.kernels.cuda.RealLibraries;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Compiles plans with NVIDIA's cuDNN in a process of its own. */
final class PlanProcess {
  private static final int FIELDS = 5;

  private PlanProcess() {}

  /**
   * Compiles plans.
   *
   * @param folder for what the process needs
   * @return an answer to each request
   */
  static Map<PlanRequest, PlanAnswer> run(Path folder, List<PlanRequest> requests)
      throws IOException, InterruptedException {
    List<String> arguments = requests.stream().map(PlanRequest::argument).toList();
    List<String> lines = RealLibraries.run(folder, PlanProcess.class, arguments);
    Map<PlanRequest, PlanAnswer> answers = new LinkedHashMap<>();
    for (String line : lines) {
      List<String> fields = Arrays.asList(line.split("\t", -1));
      if (fields.size() == FIELDS) {
        answers.put(
            PlanRequest.parse(fields.getFirst()), PlanAnswer.parse(fields.subList(1, FIELDS)));
      }
    }
    assertEquals(requests.size(), answers.size(), () -> String.join("\n", lines));
    return answers;
  }

  /** Compiles what the arguments ask for. */
  public static void main(String[] arguments) {
    RealLibraries.load(CudaLibrary.CUDNN);
    PrintStream out = new PrintStream(System.out, true, StandardCharsets.UTF_8);
    for (String argument : arguments) {
      out.println(argument + "\t" + answer(PlanRequest.parse(argument)).line());
    }
  }

  private static PlanAnswer answer(PlanRequest request) {
    DeviceProperties device = DeviceProperties.described(request.gpu().json());
    long start = System.nanoTime();
    try (AttentionPlans plans =
        new AttentionPlans(device, request.gpu().architecture(), request.deterministic())) {
      Geometry geometry = Geometry.packed(request.shape(), request.window());
      ForwardPlan forward = plans.forward(geometry);
      BackwardPlan backward = plans.backward(Gradients.like(geometry, request.deterministic()));
      long milliseconds = (System.nanoTime() - start) / 1_000_000;
      for (long at = 1 << 20; at <= 1 << 22; at <<= 1) {
        forward.arguments(at, at + 512, at + 1024, at + 1536, at + 2048, at + 2560);
        backward.arguments(
            new BackwardPlan.Addresses(at, at, at, at, at, at, at, at, at), at + 512);
      }
      // What a GPU loads it from.
      if (!forward.plan().written().startsWith("{") || !backward.plan().written().startsWith("{")) {
        return new PlanAnswer("a plan has no written form", 0, 0, 0);
      }
      return new PlanAnswer("", forward.temporaryBytes(), backward.temporaryBytes(), milliseconds);
    } catch (CudnnException e) {
      return new PlanAnswer(String.valueOf(e.getMessage()), 0, 0, 0);
    }
  }
}
