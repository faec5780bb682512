package dev.troupe.huggingface;

import dev.troupe.checkpoint.Region;
import dev.troupe.layer.ParameterSpec;
import dev.troupe.model.LlamaLayout;
import dev.troupe.proto.spec.ModelSpec;
import java.util.List;

/**
 * A parameter of a model, whole.
 *
 * @param name its name, equal there and here
 * @param rows rows of the logical tensor; 1 for a vector
 * @param cols its columns
 * @param vector whether it has one dim only
 */
record ModelTensor(String name, int rows, int cols, boolean vector) {

  /** All of a model's, in the model's order. */
  static List<ModelTensor> of(ModelSpec model) {
    return new LlamaLayout(model, 1, 0, false, 0)
        .buckets().stream()
            .flatMap(bucket -> bucket.parameters().stream())
            .flatMap(parameter -> parameter.pieces().stream().map(piece -> of(parameter, piece)))
            .toList();
  }

  private static ModelTensor of(ParameterSpec parameter, ParameterSpec.Piece piece) {
    return new ModelTensor(
        piece.tensor(), piece.tensorRows(), piece.tensorCols(), !parameter.decayed());
  }

  /** Sizes of its dims. */
  List<Long> shape() {
    return vector ? List.of((long) cols) : List.of((long) rows, (long) cols);
  }

  long elements() {
    return (long) rows * cols;
  }

  /** All of it. */
  Region region() {
    return new Region(name, 0, rows, 0, cols);
  }
}
