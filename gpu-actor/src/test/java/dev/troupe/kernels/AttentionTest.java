package dev.troupe.kernels;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.troupe.collectives.device.DataType;
import dev.troupe.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Lengths around the tiles of 64 queries and 512 keys, grouped heads, strides, caches. */
class AttentionTest {
  private final TestDevice device = TestDevice.cpu(2);

  @AfterEach
  void close() {
    device.close();
  }

  /** A shape, and how many rows a sequence of keys has memory for. */
  record Case(DataType type, AttentionShape shape, int capacity) {}

  private static final AttentionShape[] SHAPES = {
    new AttentionShape(1, 1, 1, 1, 1, 2),
    new AttentionShape(2, 37, 37, 4, 2, 10),
    new AttentionShape(2, 64, 64, 2, 2, 16),
    new AttentionShape(1, 65, 65, 3, 1, 6),
    new AttentionShape(2, 130, 130, 4, 2, 18),
    new AttentionShape(1, 600, 600, 2, 1, 12)
  };

  static List<Case> training() {
    List<Case> cases = new ArrayList<>();
    for (DataType type : List.of(DataType.FLOAT32, DataType.BFLOAT16)) {
      for (AttentionShape shape : SHAPES) {
        cases.add(new Case(type, shape, shape.keyLength()));
      }
    }
    return cases;
  }

  static List<Case> caches() {
    List<Case> cases = new ArrayList<>();
    for (DataType type : List.of(DataType.FLOAT32, DataType.BFLOAT16)) {
      cases.add(new Case(type, new AttentionShape(1, 1, 1, 4, 2, 8), 3));
      cases.add(new Case(type, new AttentionShape(1, 1, 65, 4, 2, 8), 130));
      cases.add(new Case(type, new AttentionShape(1, 5, 63, 2, 2, 8), 64));
      cases.add(new Case(type, new AttentionShape(2, 70, 97, 2, 1, 8), 101));
      cases.add(new Case(type, new AttentionShape(1, 1, 513, 2, 1, 8), 600));
      cases.add(new Case(type, new AttentionShape(1, 66, 530, 2, 1, 8), 531));
    }
    return cases;
  }

  /** Inputs as the model has them: q dense, k and v columns of one matrix. */
  private record Inputs(Tensor q, Framed k, Framed v, ReferenceAttention reference) {}

  private Inputs inputs(Case c) {
    AttentionShape s = c.shape();
    int rows = s.sequences() * s.queryLength();
    int keyRows = s.sequences() * c.capacity();
    int width = s.kvHeads() * s.headDim();
    Tensor q = device.tensor(c.type(), Matrix.normal(rows, s.heads() * s.headDim(), 1));
    // A few large keys, so that the running maximum moves from tile to tile.
    Matrix keys =
        Matrix.normal(keyRows, width, 2)
            .zip(Matrix.normal(keyRows, width, 8), (a, b) -> b > 2 ? 5 * a : a);
    Framed k = Framed.of(device, c.type(), keys);
    Framed v = Framed.of(device, c.type(), Matrix.normal(keyRows, width, 3));
    return new Inputs(
        q,
        k,
        v,
        new ReferenceAttention(s, device.read(q), device.read(k.view()), device.read(v.view())));
  }

  private Framed forward(Case c, Inputs in, Tensor lse) {
    Framed out = Framed.of(device, c.type(), Matrix.zeros(in.q().rows(), in.q().cols()));
    device.kernels().attention(out.view(), lse, in.q(), in.k().view(), in.v().view(), c.shape());
    return out;
  }

  private Tensor lse(Case c) {
    int heads = c.shape().sequences() * c.shape().heads();
    return device.zeros(DataType.FLOAT32, heads, c.shape().queryLength());
  }

  @ParameterizedTest
  @MethodSource({"training", "caches"})
  void forwardMeetsTheReference(Case c) {
    Inputs in = inputs(c);
    Tensor lse = lse(c);
    Framed out = forward(c, in, lse);
    ReferenceAttention.Forward expected = in.reference().forward();
    Close.check("lse", expected.lse(), device.read(lse), 1e-5);
    Close.check("out", expected.out(), device.read(out.view()), tolerance(c.type()));
    out.assertFrameIsWhole(device);
  }

  @ParameterizedTest
  @MethodSource("training")
  void backwardMeetsTheReference(Case c) {
    Inputs in = inputs(c);
    Tensor lse = lse(c);
    Tensor out = forward(c, in, lse).view();
    Tensor dOut = device.tensor(c.type(), Matrix.normal(out.rows(), out.cols(), 4));
    Framed dq = Framed.of(device, c.type(), Matrix.normal(out.rows(), out.cols(), 5));
    Tensor keys = in.k().view();
    Framed dk = Framed.of(device, c.type(), Matrix.normal(keys.rows(), keys.cols(), 6));
    Framed dv = Framed.of(device, c.type(), Matrix.normal(keys.rows(), keys.cols(), 7));
    device
        .kernels()
        .attentionBackward(
            dq.view(),
            dk.view(),
            dv.view(),
            dOut,
            out,
            lse,
            in.q(),
            keys,
            in.v().view(),
            c.shape());
    ReferenceAttention.Backward expected =
        in.reference().backward(device.read(dOut), in.reference().forward());
    gradient("dq", expected.dq(), device.read(dq.view()), c.type());
    gradient("dk", expected.dk(), device.read(dk.view()), c.type());
    gradient("dv", expected.dv(), device.read(dv.view()), c.type());
    for (Framed gradient : List.of(dq, dk, dv)) {
      gradient.assertFrameIsWhole(device);
    }
  }

  /**
   * In bfloat16 a row's elements share the rounding of its output, which the softmax's gradient
   * subtracts: single elements may lose all digits, the whole may not.
   */
  private static void gradient(String what, Matrix expected, Matrix actual, DataType type) {
    if (type == DataType.BFLOAT16) {
      Close.norm(what, expected, actual, Close.tolerance(type));
    } else {
      Close.check(what, expected, actual, 4 * tolerance(type));
    }
  }

  /** Weights are rounded to bfloat16 before they meet the values: one more rounding. */
  private static double tolerance(DataType type) {
    return type == DataType.BFLOAT16 ? 2 * Close.tolerance(type) : 1e-5;
  }

  @Test
  void rowsDoNotDependOnLaterKeys() {
    Case c = new Case(DataType.FLOAT32, new AttentionShape(1, 70, 70, 2, 1, 8), 70);
    Inputs in = inputs(c);
    Matrix before = device.read(forward(c, in, lse(c)).view());
    device.write(in.k().view().rows(40, 30), Matrix.normal(30, 8, 20));
    device.write(in.v().view().rows(40, 30), Matrix.normal(30, 8, 21));
    Matrix after = device.read(forward(c, in, lse(c)).view());
    assertArrayEquals(before.rows(0, 40).data(), after.rows(0, 40).data());
    assertThrows(
        AssertionError.class,
        () -> assertArrayEquals(before.rows(40, 1).data(), after.rows(40, 1).data()));
  }

  @Test
  void refusesHeadsThatDoNotGroupAndFewerKeysThanQueries() {
    assertThrows(IllegalArgumentException.class, () -> new AttentionShape(1, 4, 4, 3, 2, 8));
    assertThrows(IllegalArgumentException.class, () -> new AttentionShape(1, 5, 4, 2, 2, 8));
  }
}
