package dev.troupe.kernels;

import dev.troupe.collectives.device.DataType;
import dev.troupe.tensor.Tensor;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One attention on a device with operands as the model has them, q dense and the others columns of
 * larger matrices, beside its float64 reference.
 */
final class AttentionTrial {
  /** A shape, how many rows a sequence of keys has memory for, and whether there are documents. */
  record Case(DataType type, AttentionShape shape, int capacity, boolean documents) {
    Case(DataType type, AttentionShape shape, int capacity) {
      this(type, shape, capacity, false);
    }

    Case(DataType type, AttentionShape shape) {
      this(type, shape, shape.keyLength());
    }

    Case withDocuments() {
      return new Case(type, shape, capacity, true);
    }
  }

  /** What a backward pass gives. */
  record Gradients(Framed dq, Framed dk, Framed dv) {}

  private final TestDevice device;
  private final Case c;
  private final boolean aligned;
  private final Tensor q;
  private final Framed k;
  private final Framed v;
  private final Tensor dOut;
  private final Framed out;
  private final Tensor lse;
  private final @Nullable Tensor firstKeys;

  /**
   * Operands on the device.
   *
   * @param aligned whether rows start at multiples of 16 bytes, where the head size allows that
   */
  AttentionTrial(TestDevice device, Case c, boolean aligned) {
    this.device = device;
    this.c = c;
    this.aligned = aligned;
    AttentionShape s = c.shape();
    int rows = s.sequences() * s.queryLength();
    int cols = s.heads() * s.headDim();
    int keyRows = s.sequences() * c.capacity();
    int width = s.kvHeads() * s.headDim();
    q = device.tensor(c.type(), Matrix.normal(rows, cols, 1));
    // A few large keys, so that the running maximum moves from tile to tile.
    k =
        frame(
            Matrix.normal(keyRows, width, 2)
                .zip(Matrix.normal(keyRows, width, 8), (a, b) -> b > 2 ? 5 * a : a));
    v = frame(Matrix.normal(keyRows, width, 3));
    dOut = device.tensor(c.type(), Matrix.normal(rows, cols, 4));
    out = frame(Matrix.zeros(rows, cols));
    lse = device.zeros(DataType.FLOAT32, s.sequences() * s.heads(), s.queryLength());
    firstKeys = c.documents() ? device.ids(Documents.firstKeys(s, 9)) : null;
  }

  private Framed frame(Matrix values) {
    return aligned ? Framed.aligned(device, c.type(), values) : Framed.of(device, c.type(), values);
  }

  /** Keys, to be written to. */
  Tensor keys() {
    return k.view();
  }

  /** Values, to be written to. */
  Tensor values() {
    return v.view();
  }

  /** Runs forward. */
  Matrix forward() {
    device.kernels().attention(out.view(), lse, q, k.view(), v.view(), firstKeys, c.shape());
    return device.read(out.view());
  }

  /** Runs backward, over gradients that hold other values; {@link #forward} went before. */
  Gradients backward() {
    int keyRows = k.view().rows();
    int width = k.view().cols();
    Gradients g =
        new Gradients(
            frame(Matrix.normal(q.rows(), q.cols(), 5)),
            frame(Matrix.normal(keyRows, width, 6)),
            frame(Matrix.normal(keyRows, width, 7)));
    device
        .kernels()
        .attentionBackward(
            g.dq().view(),
            g.dk().view(),
            g.dv().view(),
            dOut,
            out.view(),
            lse,
            q,
            k.view(),
            v.view(),
            firstKeys,
            c.shape());
    return g;
  }

  private ReferenceAttention reference() {
    Matrix first = firstKeys == null ? Matrix.zeros(q.rows(), 1) : device.read(firstKeys);
    return new ReferenceAttention(
        c.shape(), device.read(q), device.read(k.view()), device.read(v.view()), first);
  }

  void forwardMeetsTheReference() {
    Matrix actual = forward();
    ReferenceAttention.Forward expected = reference().forward();
    Close.check("lse", expected.lse(), device.read(lse), 1e-5);
    Close.check("out", expected.out(), actual, tolerance());
    out.assertFrameIsWhole(device);
  }

  void backwardMeetsTheReference() {
    forward();
    Gradients g = backward();
    ReferenceAttention reference = reference();
    ReferenceAttention.Backward expected =
        reference.backward(device.read(dOut), reference.forward());
    gradient("dq", expected.dq(), g.dq());
    gradient("dk", seen(expected.dk()), g.dk());
    gradient("dv", seen(expected.dv()), g.dv());
    for (Framed gradient : List.of(g.dq(), g.dk(), g.dv())) {
      gradient.assertFrameIsWhole(device);
    }
  }

  /** Rows of a cache that hold no keys keep what they had: here they are not compared. */
  private Matrix seen(Matrix m) {
    int sequences = c.shape().sequences();
    Matrix rows = Matrix.zeros(sequences * c.shape().keyLength(), m.cols());
    for (int r = 0; r < rows.rows(); r++) {
      int from = r / c.shape().keyLength() * c.capacity() + r % c.shape().keyLength();
      for (int col = 0; col < m.cols(); col++) {
        rows.set(r, col, m.at(from, col));
      }
    }
    return rows;
  }

  /**
   * In bfloat16 a row's elements share the rounding of its output, which the softmax's gradient
   * subtracts: single elements may lose all digits, the whole may not.
   */
  private void gradient(String what, Matrix expected, Framed gradient) {
    Matrix actual = device.read(gradient.view());
    Matrix compared = actual.rows() == expected.rows() ? actual : seen(actual);
    if (c.type() == DataType.BFLOAT16) {
      Close.norm(what, expected, compared, Close.tolerance(c.type()));
    } else {
      Close.check(what, expected, compared, 4 * tolerance());
    }
  }

  /** Weights are rounded to bfloat16 before they meet the values: one more rounding. */
  private double tolerance() {
    return c.type() == DataType.BFLOAT16 ? 2 * Close.tolerance(c.type()) : 1e-5;
  }
}
