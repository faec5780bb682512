package dev.troupe.kernels;

/** Row-wise kernels in plain scalar float64: norms, rotary embedding, SwiGLU, embedding. */
final class Reference {
  private Reference() {}

  static Matrix matmul(Matrix a, Matrix b, Layout layout) {
    Matrix left = layout.transposeA() ? a.transposed() : a;
    Matrix right = layout.transposeB() ? b.transposed() : b;
    Matrix c = Matrix.zeros(left.rows(), right.cols());
    for (int i = 0; i < left.rows(); i++) {
      for (int k = 0; k < left.cols(); k++) {
        double value = left.at(i, k);
        for (int j = 0; j < right.cols(); j++) {
          c.add(i, j, value * right.at(k, j));
        }
      }
    }
    return c;
  }

  static Matrix rstd(Matrix x, double eps) {
    Matrix result = Matrix.zeros(x.rows(), 1);
    for (int r = 0; r < x.rows(); r++) {
      Matrix row = x.rows(r, 1);
      result.set(r, 0, 1 / Math.sqrt(row.dot(row) / x.cols() + eps));
    }
    return result;
  }

  static Matrix rmsNorm(Matrix x, Matrix rstd, Matrix gain) {
    Matrix y = Matrix.zeros(x.rows(), x.cols());
    for (int r = 0; r < x.rows(); r++) {
      for (int c = 0; c < x.cols(); c++) {
        y.set(r, c, x.at(r, c) * rstd.at(r, 0) * gain.at(0, c));
      }
    }
    return y;
  }

  /** dx_j = rstd dy_j g_j - x_j rstd^3 / d * sum_i dy_i g_i x_i. */
  static Matrix rmsNormDx(Matrix dy, Matrix x, Matrix rstd, Matrix gain) {
    Matrix dx = Matrix.zeros(x.rows(), x.cols());
    for (int r = 0; r < x.rows(); r++) {
      double s = rstd.at(r, 0);
      double sum = 0;
      for (int c = 0; c < x.cols(); c++) {
        sum += dy.at(r, c) * gain.at(0, c) * x.at(r, c);
      }
      for (int c = 0; c < x.cols(); c++) {
        double direct = s * dy.at(r, c) * gain.at(0, c);
        dx.set(r, c, direct - x.at(r, c) * s * s * s / x.cols() * sum);
      }
    }
    return dx;
  }

  static Matrix rmsNormDGain(Matrix dy, Matrix x, Matrix rstd) {
    Matrix dGain = Matrix.zeros(1, x.cols());
    for (int r = 0; r < x.rows(); r++) {
      for (int c = 0; c < x.cols(); c++) {
        dGain.add(0, c, dy.at(r, c) * x.at(r, c) * rstd.at(r, 0));
      }
    }
    return dGain;
  }

  static Matrix rope(Matrix x, Matrix table, int headDim, int length, int first, boolean inverse) {
    Matrix y = Matrix.zeros(x.rows(), x.cols());
    int half = headDim / 2;
    for (int r = 0; r < x.rows(); r++) {
      int position = first + r % length;
      for (int c = 0; c < x.cols(); c++) {
        int i = c % headDim;
        double cos = table.at(position, i % half);
        double sin = table.at(position, half + i % half) * (inverse ? -1 : 1);
        double turned = i < half ? -x.at(r, c + half) : x.at(r, c - half);
        y.set(r, c, x.at(r, c) * cos + turned * sin);
      }
    }
    return y;
  }

  private static double sigmoid(double x) {
    return 1 / (1 + Math.exp(-x));
  }

  static Matrix swiglu(Matrix gateUp) {
    int width = gateUp.cols() / 2;
    return gateUp
        .cols(0, width)
        .zip(gateUp.cols(width, width), (gate, up) -> gate * sigmoid(gate) * up);
  }

  static Matrix swigluBackward(Matrix dy, Matrix gateUp) {
    int width = dy.cols();
    Matrix result = Matrix.zeros(gateUp.rows(), gateUp.cols());
    for (int r = 0; r < dy.rows(); r++) {
      for (int c = 0; c < width; c++) {
        double gate = gateUp.at(r, c);
        double s = sigmoid(gate);
        double slope = s * (1 + gate * (1 - s));
        result.set(r, c, dy.at(r, c) * gateUp.at(r, width + c) * slope);
        result.set(r, width + c, dy.at(r, c) * gate * s);
      }
    }
    return result;
  }

  static Matrix embedding(Matrix table, Matrix ids, int first) {
    Matrix y = Matrix.zeros(ids.rows(), table.cols());
    for (int r = 0; r < ids.rows(); r++) {
      int row = (int) ids.at(r, 0) - first;
      for (int c = 0; row >= 0 && row < table.rows() && c < table.cols(); c++) {
        y.set(r, c, table.at(row, c));
      }
    }
    return y;
  }

  static void embeddingBackward(Matrix dTable, Matrix dy, Matrix ids, int first) {
    for (int r = 0; r < ids.rows(); r++) {
      int row = (int) ids.at(r, 0) - first;
      for (int c = 0; row >= 0 && row < dTable.rows() && c < dy.cols(); c++) {
        dTable.add(row, c, dy.at(r, c));
      }
    }
  }
}
