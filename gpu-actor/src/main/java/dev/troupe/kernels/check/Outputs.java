package dev.troupe.kernels.check;

import dev.troupe.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;

/** Collects the results of a case. */
final class Outputs {
  private final Backend backend;
  private final List<Output> all = new ArrayList<>();

  Outputs(Backend backend) {
    this.backend = backend;
  }

  Outputs add(String name, Tensor tensor, Bound bound) {
    all.add(new Output(name, backend.read(tensor), bound));
    return this;
  }

  /** With the frame, of which nothing may have changed. */
  Outputs add(String name, Framed framed, Bound bound) {
    add(name, framed.view(), bound);
    all.add(new Output(name + "'s frame", framed.frame(backend), Bound.exact()));
    return this;
  }

  List<Output> list() {
    return List.copyOf(all);
  }
}
