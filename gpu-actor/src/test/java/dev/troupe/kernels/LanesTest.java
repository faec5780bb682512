package dev.troupe.kernels;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;

import dev.troupe.collectives.device.DataType;
import dev.troupe.tensor.Tensor;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** One lane and three give the same bits, on sizes that are cut into many pieces. */
class LanesTest {
  private static final int ROWS = 301;
  private static final int COLS = 514;
  private static final int PADDED = 528;
  private static final AttentionShape SHAPE = new AttentionShape(2, 130, 130, 4, 2, 18);

  /** A kernel with made-up inputs. */
  private interface Call {
    /** Runs it and returns what it wrote. */
    List<Tensor> run(Kernels kernels, Inputs in);
  }

  /** Seeded inputs of one type. */
  private record Inputs(TestDevice device, DataType type) {
    Tensor normal(int rows, int cols, long seed) {
      return device.tensor(type, Matrix.normal(rows, cols, seed));
    }

    Tensor matrix(long seed) {
      return normal(ROWS, COLS, seed);
    }

    Tensor floats(int rows, int cols, long seed) {
      return device.tensor(DataType.FLOAT32, Matrix.normal(rows, cols, seed).map(Math::abs));
    }

    Tensor ids() {
      return device.ids(Matrix.ids(ROWS, COLS, 77));
    }
  }

  private List<Matrix> results(Call call, DataType type, int lanes) {
    try (TestDevice device = TestDevice.cpu(lanes)) {
      List<Matrix> results = new ArrayList<>();
      for (Tensor tensor : call.run(device.kernels(), new Inputs(device, type))) {
        results.add(device.read(tensor));
      }
      return results;
    }
  }

  private void agree(String what, EnumSet<DataType> types, Call call) {
    for (DataType type : types) {
      List<Matrix> one = results(call, type, 1);
      List<Matrix> three = results(call, type, 3);
      for (int i = 0; i < one.size(); i++) {
        assertArrayEquals(one.get(i).data(), three.get(i).data(), what + " of " + type);
      }
    }
  }

  private static final EnumSet<DataType> BOTH = EnumSet.of(DataType.FLOAT32, DataType.BFLOAT16);
  private static final EnumSet<DataType> FLOATS = EnumSet.of(DataType.FLOAT32);

  @ParameterizedTest
  @EnumSource
  void matmul(Layout layout) {
    for (Accumulate accumulate : Accumulate.values()) {
      agree(
          "matmul",
          BOTH,
          (kernels, in) -> {
            Tensor a = layout.transposeA() ? in.normal(COLS, ROWS, 1) : in.matrix(1);
            Tensor b = layout.transposeB() ? in.normal(399, COLS, 2) : in.normal(COLS, 399, 2);
            Tensor c = in.floats(ROWS, 399, 3);
            kernels.matmul(c, a, b, layout, accumulate);
            return List.of(c);
          });
    }
  }

  @Test
  void norms() {
    agree(
        "norms",
        BOTH,
        (kernels, in) -> {
          Tensor x = in.matrix(1);
          Tensor delta = in.matrix(2);
          Tensor gain = in.normal(1, COLS, 3);
          Tensor y = in.matrix(4);
          Tensor sum = in.matrix(5);
          Tensor normed = in.matrix(6);
          Tensor again = in.matrix(7);
          Tensor rstd = in.floats(ROWS, 1, 8);
          kernels.rmsNorm(y, rstd, x, gain, 1e-5f);
          kernels.addRmsNorm(sum, normed, rstd, x, delta, gain, 1e-5f);
          kernels.rmsNormApply(again, sum, rstd, gain);
          Tensor dx = in.matrix(9);
          Tensor dGain = in.floats(1, COLS, 10);
          kernels.rmsNormBackward(
              dx, dGain, delta, sum, rstd, gain, Accumulate.ADD, Accumulate.ADD);
          return List.of(y, sum, normed, again, rstd, dx, dGain);
        });
  }

  @Test
  void elementwise() {
    agree(
        "elementwise",
        BOTH,
        (kernels, in) -> {
          Tensor sum = in.matrix(1);
          kernels.add(sum, sum, in.matrix(2));
          Tensor copied = in.floats(ROWS, COLS, 3);
          kernels.copy(copied, sum);
          Tensor turned = in.matrix(4);
          kernels.rope(turned, in.floats(ROWS, 2, 5), 2, 43, 3, false);
          Tensor zero = in.matrix(6);
          kernels.zero(zero);
          Tensor gateUp = in.normal(ROWS, 2 * COLS, 7);
          Tensor product = in.matrix(8);
          kernels.swiglu(product, gateUp);
          kernels.swigluBackward(gateUp, in.matrix(9), gateUp);
          return List.of(sum, copied, turned, zero, product, gateUp);
        });
  }

  @Test
  void attention() {
    agree(
        "attention",
        BOTH,
        (kernels, in) -> {
          Tensor q = in.normal(260, 72, 1);
          Tensor k = in.normal(260, 36, 2);
          Tensor v = in.normal(260, 36, 3);
          Tensor out = in.normal(260, 72, 4);
          Tensor lse = in.floats(8, 130, 5);
          kernels.attention(out, lse, q, k, v, SHAPE);
          Tensor dq = in.normal(260, 72, 6);
          Tensor dk = in.normal(260, 36, 7);
          Tensor dv = in.normal(260, 36, 8);
          kernels.attentionBackward(dq, dk, dv, in.normal(260, 72, 9), out, lse, q, k, v, SHAPE);
          return List.of(out, lse, dq, dk, dv);
        });
  }

  @Test
  void embeddingAndLoss() {
    agree(
        "embedding",
        BOTH,
        (kernels, in) -> {
          Tensor y = in.matrix(1);
          kernels.embedding(y, in.normal(99, COLS, 2), in.ids(), 31);
          Tensor dTable = in.floats(99, COLS, 3);
          kernels.embeddingBackward(dTable, y, in.ids(), 31);
          Tensor logits = in.floats(ROWS, PADDED, 4);
          Tensor max = in.floats(ROWS, 1, 5);
          kernels.rowMax(max, logits, COLS);
          Tensor sums = in.floats(2, ROWS, 6);
          kernels.expSum(sums, logits, max, in.ids(), 0, COLS);
          Tensor losses = in.floats(ROWS, 1, 7);
          Tensor dLogits = in.normal(ROWS, PADDED, 8);
          kernels.crossEntropyBackward(dLogits, losses, logits, sums, in.ids(), 0, 0.5f);
          return List.of(y, dTable, max, sums, losses, dLogits);
        });
  }

  @Test
  void optimizer() {
    agree(
        "optimizer",
        FLOATS,
        (kernels, in) -> {
          int n = 100_003;
          Tensor grad = in.normal(1, n, 1);
          Tensor blocks = in.device().zeros(DataType.FLOAT64, 1, 98);
          kernels.sumOfSquares(blocks, grad, 1024);
          Tensor master = in.normal(1, n, 2);
          Tensor value = in.device().zeros(DataType.BFLOAT16, 1, n);
          Tensor expAvg = in.normal(1, n, 3);
          Tensor expAvgSq = in.floats(1, n, 4);
          AdamStep step = new AdamStep(0.01, 0.9, 0.95, 1e-8, 0.1, 0.5, 3);
          kernels.adamw(value, master, expAvg, expAvgSq, grad, step);
          return List.of(blocks, value, master, expAvg, expAvgSq);
        });
  }
}
