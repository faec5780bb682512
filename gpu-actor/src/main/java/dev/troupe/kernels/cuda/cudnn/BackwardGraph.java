package dev.troupe.kernels.cuda.cudnn;

import static org.bytedeco.cuda.global.cudnn.CUDNN_POINTWISE_EXP;
import static org.bytedeco.cuda.global.cudnn.CUDNN_POINTWISE_IDENTITY;
import static org.bytedeco.cuda.global.cudnn.CUDNN_POINTWISE_MUL;
import static org.bytedeco.cuda.global.cudnn.CUDNN_POINTWISE_SUB;
import static org.bytedeco.cuda.global.cudnn.CUDNN_REDUCE_TENSOR_ADD;

/**
 * The gradients of {@link ForwardGraph}. With P = exp(scores - lse) and D = rowsum(dOut * out): dV
 * = P^T dOut; dS = P * (dOut V^T - D) * scale; dK = dS^T q; dQ = dS k (Dao et al. 2022).
 */
final class BackwardGraph {
  private final Graph graph = new Graph();
  private final Gradients gradients;
  private final Geometry geometry;

  private BackwardGraph(Gradients gradients) {
    this.gradients = gradients;
    this.geometry = gradients.forward();
  }

  /** A graph that the caller owns. */
  static Graph build(Gradients gradients) {
    return new BackwardGraph(gradients).build();
  }

  private Graph build() {
    Extents wide = geometry.wide(geometry.q());
    Node q = graph.operand(Operand.Q, Graph.BF16, wide);
    Extents keys = geometry.narrow(geometry.k()).transposed();
    Node keysTransposed = graph.operand(Operand.K, Graph.BF16, keys);
    Node valuesTransposed =
        graph.operand(Operand.V, Graph.BF16, geometry.narrow(geometry.v()).transposed());
    Node out = graph.operand(Operand.OUT, Graph.BF16, geometry.wide(geometry.out()));
    Node dOut = graph.operand(Operand.D_OUT, Graph.BF16, geometry.wide(gradients.dOut()));
    Extents column = geometry.scores().reduced();
    Node stats = graph.operand(Operand.STATS, Graph.F32, column);

    Node rowSums = rowSums(dOut, out, column);
    Node probabilities = probabilities(q, keysTransposed, stats);
    Node probabilitiesTransposed = graph.transpose(probabilities);
    sumGroups(
        probabilitiesTransposed,
        dOut,
        graph.operand(Operand.DV, Graph.BF16, geometry.narrow(gradients.dv())));

    Node dScores = dScores(dOut, valuesTransposed, rowSums, probabilities);
    sumGroups(
        graph.transpose(dScores),
        q,
        graph.operand(Operand.DK, Graph.BF16, geometry.narrow(gradients.dk())));
    dQueries(dScores, graph.transpose(keysTransposed));
    return graph;
  }

  private Node rowSums(Node dOut, Node out, Extents column) {
    Node sums =
        graph.reduceColumns(CUDNN_REDUCE_TENSOR_ADD, graph.map(CUDNN_POINTWISE_MUL, dOut, out));
    return graph.mapTo(
        graph.operand(Operand.ROW_SUMS, Graph.F32, column),
        CUDNN_POINTWISE_MUL,
        sums,
        graph.scalar(1));
  }

  private Node probabilities(Node q, Node keysTransposed, Node stats) {
    Node scores = graph.matmul(q, keysTransposed, graph.between(Graph.F32, geometry.scores()));
    scores = graph.map(CUDNN_POINTWISE_MUL, scores, graph.scalar(geometry.shape().scale()));
    scores = graph.map(CUDNN_POINTWISE_SUB, scores, stats);
    return graph.map(CUDNN_POINTWISE_EXP, Mask.causal(graph, scores, geometry.window()));
  }

  private Node dScores(Node dOut, Node valuesTransposed, Node rowSums, Node probabilities) {
    Node d = graph.matmul(dOut, valuesTransposed, graph.between(Graph.F32, geometry.scores()));
    d = graph.map(CUDNN_POINTWISE_SUB, d, rowSums);
    d = graph.map(CUDNN_POINTWISE_MUL, d, probabilities);
    return graph.mapTo(
        graph.between(Graph.BF16, geometry.scores()),
        CUDNN_POINTWISE_MUL,
        d,
        graph.scalar(geometry.shape().scale()));
  }

  /** out = a b, summed over the query heads that share a key/value head. */
  private void sumGroups(Node a, Node b, Node out) {
    if (geometry.shape().groupSize() == 1) {
      graph.matmul(a, b, out);
    } else {
      Node full = graph.matmul(a, b, graph.between(Graph.BF16, geometry.full()));
      graph.reduce(CUDNN_REDUCE_TENSOR_ADD, full, out);
    }
  }

  private void dQueries(Node dScores, Node keys) {
    Node dq = graph.operand(Operand.DQ, Graph.BF16, geometry.wide(gradients.dq()));
    if (gradients.deterministic()) {
      graph.matmul(dScores, keys, dq);
    } else {
      Node sum = graph.operand(Operand.DQ_SUM, Graph.F32, geometry.full());
      graph.mapTo(dq, CUDNN_POINTWISE_IDENTITY, graph.matmul(dScores, keys, sum));
    }
  }
}
