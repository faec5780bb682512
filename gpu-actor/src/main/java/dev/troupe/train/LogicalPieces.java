package dev.troupe.train;

import dev.troupe.checkpoint.Region;
import dev.troupe.layer.ParameterSpec;
import java.util.List;

/** Where the rows of a parameter lie in logical tensors, in the checkpoint's terms. */
final class LogicalPieces {
  private LogicalPieces() {}

  /** The pieces from the first row on; padding rows follow them. */
  static List<Region> regions(ParameterSpec spec) {
    return spec.pieces().stream()
        .map(p -> new Region(p.tensor(), p.row(), p.rows(), p.col(), spec.cols()))
        .toList();
  }
}
