package dev.troupe.kernels;

import java.util.Arrays;

/**
 * Causal attention and its gradient in plain scalar float64, with the whole score row of one query
 * at a time. Keys and values may have more rows a sequence than the shape has keys.
 *
 * @param firstKeys (B*Tq, 1): the first key that a query sees
 */
record ReferenceAttention(AttentionShape shape, Matrix q, Matrix k, Matrix v, Matrix firstKeys) {

  /** Output and log-sum-exp. */
  record Forward(Matrix out, Matrix lse) {}

  /** Gradients. */
  record Backward(Matrix dq, Matrix dk, Matrix dv) {}

  Forward forward() {
    Matrix out = Matrix.zeros(q.rows(), q.cols());
    Matrix lse = Matrix.zeros(shape.sequences() * shape.heads(), shape.queryLength());
    for (int s = 0; s < shape.sequences(); s++) {
      for (int h = 0; h < shape.heads(); h++) {
        for (int t = 0; t < shape.queryLength(); t++) {
          double[] p = scores(s, h, t);
          double sum = 0;
          for (double score : p) {
            sum += Math.exp(score);
          }
          lse.set(s * shape.heads() + h, t, Math.log(sum));
          for (int key = 0; key < p.length; key++) {
            for (int i = 0; i < shape.headDim(); i++) {
              double value = v.at(keyRow(s, key), keyCol(h) + i);
              out.add(queryRow(s, t), queryCol(h) + i, Math.exp(p[key]) / sum * value);
            }
          }
        }
      }
    }
    return new Forward(out, lse);
  }

  Backward backward(Matrix dOut, Forward forward) {
    Backward result =
        new Backward(
            Matrix.zeros(q.rows(), q.cols()),
            Matrix.zeros(k.rows(), k.cols()),
            Matrix.zeros(v.rows(), v.cols()));
    for (int s = 0; s < shape.sequences(); s++) {
      for (int h = 0; h < shape.heads(); h++) {
        for (int t = 0; t < shape.queryLength(); t++) {
          backward(s, h, t, dOut, forward, result);
        }
      }
    }
    return result;
  }

  /** One query row: ds_j = p_j (dOut v_j - sum_i p_i dOut v_i) scale. */
  private void backward(int s, int h, int t, Matrix dOut, Forward forward, Backward result) {
    double[] p = scores(s, h, t);
    double[] dp = new double[p.length];
    double delta = 0;
    for (int key = 0; key < p.length; key++) {
      p[key] = Math.exp(p[key] - forward.lse().at(s * shape.heads() + h, t));
      for (int i = 0; i < shape.headDim(); i++) {
        double g = dOut.at(queryRow(s, t), queryCol(h) + i);
        dp[key] += g * v.at(keyRow(s, key), keyCol(h) + i);
        result.dv().add(keyRow(s, key), keyCol(h) + i, p[key] * g);
      }
      delta += p[key] * dp[key];
    }
    for (int key = 0; key < p.length; key++) {
      double ds = p[key] * (dp[key] - delta) / Math.sqrt(shape.headDim());
      for (int i = 0; i < shape.headDim(); i++) {
        double kv = k.at(keyRow(s, key), keyCol(h) + i);
        double qv = q.at(queryRow(s, t), queryCol(h) + i);
        result.dq().add(queryRow(s, t), queryCol(h) + i, ds * kv);
        result.dk().add(keyRow(s, key), keyCol(h) + i, ds * qv);
      }
    }
  }

  /** Scaled scores of the keys up to the last that a query sees. */
  private double[] scores(int s, int h, int t) {
    double[] scores = new double[shape.keyLength() - shape.queryLength() + t + 1];
    int first = (int) firstKeys.at(queryRow(s, t), 0);
    Arrays.fill(scores, 0, first, Double.NEGATIVE_INFINITY);
    for (int key = first; key < scores.length; key++) {
      for (int i = 0; i < shape.headDim(); i++) {
        double qv = q.at(queryRow(s, t), queryCol(h) + i);
        scores[key] += qv * k.at(keyRow(s, key), keyCol(h) + i);
      }
      scores[key] /= Math.sqrt(shape.headDim());
    }
    return scores;
  }

  private int queryRow(int s, int t) {
    return s * shape.queryLength() + t;
  }

  private int keyRow(int s, int key) {
    return s * (k.rows() / shape.sequences()) + key;
  }

  private int queryCol(int h) {
    return h * shape.headDim();
  }

  private int keyCol(int h) {
    return h / shape.groupSize() * shape.headDim();
  }
}
