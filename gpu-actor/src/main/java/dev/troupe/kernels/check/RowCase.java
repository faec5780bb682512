package dev.troupe.kernels.check;

import dev.troupe.collectives.device.DataType;
import java.util.List;
import java.util.function.Function;

/**
 * Type and size of a row kernel's input.
 *
 * @param type of activations
 * @param rows token rows
 * @param cols columns
 */
record RowCase(DataType type, int rows, int cols) {

  Values normal(long seed) {
    return Values.normal(rows, cols, seed);
  }

  KernelCase of(String kernel, Function<Backend, List<Output>> body) {
    return of(kernel, "", body);
  }

  KernelCase of(String kernel, String form, Function<Backend, List<Output>> body) {
    String size = "%dx%d".formatted(rows, cols);
    return new KernelCase(
        kernel, KernelCases.name(type), form.isEmpty() ? size : size + " " + form, body);
  }
}
