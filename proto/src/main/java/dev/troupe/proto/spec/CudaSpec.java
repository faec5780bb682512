package dev.troupe.proto.spec;

import org.jspecify.annotations.Nullable;

/**
 * Settings of the cuda backend.
 *
 * @param libraries folder with CUDA's libraries, or a Python environment with NVIDIA's wheels;
 *     null: found by themselves
 * @param shareGpu whether ranks beyond the number of GPUs share them; for tests
 * @param attention which attention is used
 * @param tune whether matrix products are tuned by measuring
 * @param tuneCache folder that tuned choices are kept in
 * @param collectiveTimeout seconds after which a collective is taken for hung
 */
public record CudaSpec(
    @Nullable String libraries,
    boolean shareGpu,
    CudaAttention attention,
    boolean tune,
    String tuneCache,
    int collectiveTimeout) {

  public CudaSpec {
    Require.notBlank("cuda.tune-cache", tuneCache);
    Require.atLeast(1, "cuda.collective-timeout", collectiveTimeout);
  }

  /** What a job has that says nothing of it. */
  public static CudaSpec defaults() {
    return new CudaSpec(null, false, CudaAttention.AUTO, true, "runs/.tuning", 120);
  }
}
