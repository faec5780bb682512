package dev.troupe.deploy.report;

import dev.troupe.proto.spec.ModelSpec;
import java.util.Map;
import java.util.OptionalDouble;

/**
 * The arithmetic that a model takes, as model FLOPs utilisation counts it: each weight of a matrix
 * product twice forward and four times backward, and all of attention's scores, masked ones too
 * (Chowdhery et al. 2022, appendix B). What is computed again does not count.
 */
public final class ModelFlops {
  /** Dense bfloat16 FLOP/s of a GPU whose name has the word, from NVIDIA's data sheets. */
  private static final Map<String, Double> PEAKS =
      Map.of("H200", 989.4e12, "H100", 989.4e12, "A100", 312e12);

  private ModelFlops() {}

  /** FLOPs of a training step, a token of sequences of {@code length}. */
  public static double perToken(ModelSpec model, int length) {
    double head = model.tiedHead() ? 0 : (double) model.vocab() * model.hidden();
    double products = model.parameters() - head; // the embedding's rows are looked up
    double attention = 12.0 * model.layers() * model.hidden() * length;
    return 6 * products + attention;
  }

  /** Peak of a GPU; empty where it is not known, as of PCIe models, which are slower. */
  public static OptionalDouble peak(String gpu) {
    return gpu.contains("PCIe")
        ? OptionalDouble.empty()
        : PEAKS.entrySet().stream()
            .filter(entry -> gpu.contains(entry.getKey()))
            .mapToDouble(Map.Entry::getValue)
            .findFirst();
  }
}
