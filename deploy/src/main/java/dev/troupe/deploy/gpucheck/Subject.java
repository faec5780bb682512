package dev.troupe.deploy.gpucheck;

import java.util.List;

/**
 * What is under check, as a job names it.
 *
 * @param one settings of a run with one rank
 * @param shared settings of a run whose ranks share one device
 * @param fast settings of a run that need not give the same bits every time; empty: no such form
 */
record Subject(List<String> one, List<String> shared, List<String> fast) {
  /** The first GPU. */
  static final Subject GPU =
      new Subject(List.of("device=cuda"), List.of("device=cuda", "cuda.share-gpu=true"), List.of());

  Subject {
    one = List.copyOf(one);
    shared = List.copyOf(shared);
    fast = List.copyOf(fast);
  }

  /** This, with attention by cuDNN as a further form. */
  Subject withCudnn() {
    return new Subject(
        one, shared, List.of("device=cuda", "parallel.reduction=fast", "cuda.attention=cudnn"));
  }
}
