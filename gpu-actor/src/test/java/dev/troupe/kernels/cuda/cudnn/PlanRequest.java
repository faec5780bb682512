package dev.troupe.kernels.cuda.cudnn;

import dev.troupe.kernels.AttentionShape;

/** A pair of plans, forward and backward, that a process of its own compiles. */
record PlanRequest(DescribedGpu gpu, AttentionShape shape, int window, boolean deterministic) {

  static PlanRequest of(DescribedGpu gpu, int heads, int kvHeads, int headDim, int length) {
    return new PlanRequest(
        gpu, new AttentionShape(1, length, length, heads, kvHeads, headDim), 0, false);
  }

  PlanRequest windowed(int keys) {
    return new PlanRequest(gpu, shape, keys, deterministic);
  }

  PlanRequest exact() {
    return new PlanRequest(gpu, shape, window, true);
  }

  String argument() {
    return "%s,%d,%d,%d,%d,%d,%b"
        .formatted(
            gpu,
            shape.heads(),
            shape.kvHeads(),
            shape.headDim(),
            shape.keyLength(),
            window,
            deterministic);
  }

  static PlanRequest parse(String argument) {
    String[] parts = argument.split(",", -1);
    PlanRequest request =
        of(
            DescribedGpu.valueOf(parts[0]),
            Integer.parseInt(parts[1]),
            Integer.parseInt(parts[2]),
            Integer.parseInt(parts[3]),
            Integer.parseInt(parts[4]));
    PlanRequest windowed = request.windowed(Integer.parseInt(parts[5]));
    return Boolean.parseBoolean(parts[6]) ? windowed.exact() : windowed;
  }
}
