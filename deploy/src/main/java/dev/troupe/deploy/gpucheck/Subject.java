package dev.troupe.deploy.gpucheck;

import java.util.List;

/**
 * What is under check, as a job names it.
 *
 * @param one settings of a run with one rank
 * @param shared settings of a run whose ranks share one device
 */
record Subject(List<String> one, List<String> shared) {
  /** The first GPU. */
  static final Subject GPU =
      new Subject(List.of("device=cuda"), List.of("device=cuda", "cuda.share-gpu=true"));

  Subject {
    one = List.copyOf(one);
    shared = List.copyOf(shared);
  }
}
