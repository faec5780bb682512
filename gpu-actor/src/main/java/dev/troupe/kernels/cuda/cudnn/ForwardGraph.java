package dev.troupe.kernels.cuda.cudnn;

import static org.bytedeco.cuda.global.cudnn.CUDNN_POINTWISE_ADD;
import static org.bytedeco.cuda.global.cudnn.CUDNN_POINTWISE_DIV;
import static org.bytedeco.cuda.global.cudnn.CUDNN_POINTWISE_EXP;
import static org.bytedeco.cuda.global.cudnn.CUDNN_POINTWISE_LOG;
import static org.bytedeco.cuda.global.cudnn.CUDNN_POINTWISE_MUL;
import static org.bytedeco.cuda.global.cudnn.CUDNN_POINTWISE_SUB;
import static org.bytedeco.cuda.global.cudnn.CUDNN_REDUCE_TENSOR_ADD;
import static org.bytedeco.cuda.global.cudnn.CUDNN_REDUCE_TENSOR_MAX;

/**
 * out = softmax(mask(q k^T * scale)) v, and the log-sum-exp of each row: the operations that cuDNN
 * recognises as one flash attention.
 */
final class ForwardGraph {
  private ForwardGraph() {}

  /** A graph that the caller owns. */
  static Graph build(Geometry geometry) {
    Graph graph = new Graph();
    Node q = graph.operand(Operand.Q, Graph.BF16, geometry.wide(geometry.q()));
    Node keysTransposed =
        graph.operand(Operand.K, Graph.BF16, geometry.narrow(geometry.k()).transposed());
    Node v = graph.operand(Operand.V, Graph.BF16, geometry.narrow(geometry.v()));
    Node out = graph.operand(Operand.OUT, Graph.BF16, geometry.wide(geometry.out()));
    Node stats = graph.operand(Operand.STATS, Graph.F32, geometry.scores().reduced());

    Node scores = graph.matmul(q, keysTransposed, graph.between(Graph.F32, geometry.scores()));
    scores = graph.map(CUDNN_POINTWISE_MUL, scores, graph.scalar(geometry.shape().scale()));
    scores = Mask.causal(graph, scores, geometry.window());
    Node max = graph.reduceColumns(CUDNN_REDUCE_TENSOR_MAX, scores);
    Node exps = graph.map(CUDNN_POINTWISE_EXP, graph.map(CUDNN_POINTWISE_SUB, scores, max));
    Node sums = graph.reduceColumns(CUDNN_REDUCE_TENSOR_ADD, exps);
    graph.mapTo(stats, CUDNN_POINTWISE_ADD, max, graph.map(CUDNN_POINTWISE_LOG, sums));
    Node probabilities =
        graph.mapTo(graph.between(Graph.BF16, geometry.scores()), CUDNN_POINTWISE_DIV, exps, sums);
    graph.matmul(probabilities, v, out);
    return graph;
  }
}
