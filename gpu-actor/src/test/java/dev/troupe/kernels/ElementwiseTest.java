package dev.troupe.kernels;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.troupe.collectives.device.Bfloat16;
import dev.troupe.collectives.device.DataType;
import dev.troupe.tensor.Tensor;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class ElementwiseTest {
  private final TestDevice device = open();

  /** The device that is tested; its kernels meet the reference whatever it is. */
  TestDevice open() {
    return TestDevice.cpu(2);
  }

  @AfterEach
  void close() {
    device.close();
  }

  @ParameterizedTest
  @MethodSource("dev.troupe.kernels.Sizes#rowsAndColumns")
  void addsIntoAThirdTensorAndIntoEitherOperand(Sizes.Case c) {
    Matrix left = Matrix.normal(c.rows(), c.cols(), 1);
    Matrix right = Matrix.normal(c.rows(), c.cols(), 2);
    for (int place = 0; place < 3; place++) {
      Framed a = Framed.of(device, c.type(), left);
      Framed b = Framed.of(device, c.type(), right);
      Framed y = Framed.of(device, c.type(), Matrix.zeros(c.rows(), c.cols()));
      Framed target = place == 0 ? y : place == 1 ? a : b;
      Matrix expected = device.read(a.view()).plus(device.read(b.view()));
      device.kernels().add(target.view(), a.view(), b.view());
      Close.check("sum " + place, expected, device.read(target.view()), c.type());
      target.assertFrameIsWhole(device);
    }
  }

  @ParameterizedTest
  @MethodSource("dev.troupe.kernels.Sizes#rowsAndColumns")
  void copiesWithOneRoundingToNearestEven(Sizes.Case c) {
    for (DataType source : new DataType[] {DataType.FLOAT32, DataType.BFLOAT16}) {
      Framed x = Framed.of(device, source, Matrix.normal(c.rows(), c.cols(), 1));
      Framed y = Framed.of(device, c.type(), Matrix.zeros(c.rows(), c.cols()));
      device.kernels().copy(y.view(), x.view());
      Matrix expected = device.read(x.view());
      if (c.type() == DataType.BFLOAT16) {
        expected = expected.map(v -> Bfloat16.toFloat(Bfloat16.fromFloat((float) v)));
      }
      assertArrayEquals(expected.data(), device.read(y.view()).data());
      y.assertFrameIsWhole(device);
    }
  }

  @Test
  void copiesTiesZerosAndInfinitiesToBfloat16() {
    double[] values = new double[67];
    double[] special = {
      0,
      -0.0,
      1 + 0x1p-8,
      1 + 3 * 0x1p-8,
      1 + 0x1p-8 + 0x1p-20,
      -1 - 0x1p-8,
      3.4e38,
      Double.POSITIVE_INFINITY,
      Double.NEGATIVE_INFINITY,
      Double.NaN,
      1e-40,
      Float.MIN_VALUE
    };
    for (int i = 0; i < values.length; i++) {
      values[i] = special[i % special.length];
    }
    Tensor x = device.tensor(DataType.FLOAT32, new Matrix(1, values.length, values));
    Tensor y = device.zeros(DataType.BFLOAT16, 1, values.length);
    device.kernels().copy(y, x);
    for (int i = 0; i < values.length; i++) {
      double expected = Bfloat16.toFloat(Bfloat16.fromFloat((float) values[i]));
      assertEquals(expected, device.read(y).at(0, i), "of " + values[i]);
    }
  }

  @ParameterizedTest
  @MethodSource("dev.troupe.kernels.Sizes#rowsAndColumns")
  void setsToZero(Sizes.Case c) {
    Framed y = Framed.of(device, c.type(), Matrix.normal(c.rows(), c.cols(), 1));
    device.kernels().zero(y.view());
    assertArrayEquals(new double[c.rows() * c.cols()], device.read(y.view()).data());
    y.assertFrameIsWhole(device);
  }
}
