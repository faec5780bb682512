package dev.troupe.kernels.check;

import java.util.List;
import java.util.function.Function;
import java.util.stream.IntStream;

/**
 * One call of a kernel, or a chain of them, on tensors that depend on the case alone.
 *
 * @param kernel name of the kernel that is checked
 * @param variant types, and a matrix product's layout
 * @param details sizes and form
 * @param body makes the tensors, calls the kernel and reads what it wrote
 */
public record KernelCase(
    String kernel, String variant, String details, Function<Backend, List<Output>> body) {

  /** Kernel and variant: what figures are summed up by. */
  public String group() {
    return variant.isEmpty() ? kernel : kernel + " " + variant;
  }

  /** Runs the case on a backend and returns what it computed. */
  public List<Output> run(Backend backend) {
    backend.reset();
    return body.apply(backend);
  }

  /** Compares what two backends computed. */
  public static List<Comparison> compare(List<Output> expected, List<Output> actual) {
    if (expected.size() != actual.size()) {
      throw new IllegalArgumentException(expected.size() + " and " + actual.size() + " results");
    }
    return IntStream.range(0, expected.size())
        .mapToObj(i -> Comparison.of(expected.get(i), actual.get(i)))
        .toList();
  }

  @Override
  public String toString() {
    return group() + " " + details;
  }
}
