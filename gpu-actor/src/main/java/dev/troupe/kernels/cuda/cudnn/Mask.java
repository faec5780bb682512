package dev.troupe.kernels.cuda.cudnn;

import static org.bytedeco.cuda.global.cudnn.CUDNN_POINTWISE_CMP_GE;
import static org.bytedeco.cuda.global.cudnn.CUDNN_POINTWISE_CMP_GT;

/** The causal mask of scores: row r keeps columns r - window + 1 .. r. */
final class Mask {
  private Mask() {}

  /**
   * Sets the scores of masked places to minus infinity.
   *
   * @param window 0: columns 0 .. r
   */
  static Node causal(Graph graph, Node scores, int window) {
    Node kept =
        graph.keepWhere(
            CUDNN_POINTWISE_CMP_GE,
            graph.rowIndex(scores),
            graph.columnIndex(scores),
            scores,
            Float.NEGATIVE_INFINITY);
    if (window == 0) {
      return kept;
    }
    Node rows = graph.rowIndex(kept);
    Node shifted = graph.shiftColumns(graph.columnIndex(kept), window);
    return graph.keepWhere(CUDNN_POINTWISE_CMP_GT, shifted, rows, kept, Float.NEGATIVE_INFINITY);
  }
}
