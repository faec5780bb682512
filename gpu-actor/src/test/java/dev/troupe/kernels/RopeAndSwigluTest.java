package dev.troupe.kernels;

import dev.troupe.collectives.device.DataType;
import dev.troupe.tensor.Tensor;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

class RopeAndSwigluTest {
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
  @CsvSource({
    "FLOAT32,1,1,2,1,0", "FLOAT32,2,13,6,3,0", "FLOAT32,1,5,16,1,7", "FLOAT32,3,37,34,2,4",
    "BFLOAT16,1,1,2,1,3", "BFLOAT16,2,13,6,3,0", "BFLOAT16,3,37,34,2,4", "FLOAT32,2,300,64,5,1"
  })
  void rotatesAndRotatesBack(
      DataType type, int sequences, int length, int headDim, int heads, int first) {
    Framed x = Framed.of(device, type, Matrix.normal(sequences * length, heads * headDim, 1));
    Matrix before = device.read(x.view());
    // Any table will do, also one that does not keep lengths: it shows which angle is used where.
    Tensor table = device.tensor(DataType.FLOAT32, Matrix.normal(first + length, headDim, 2));
    Matrix angles = device.read(table);
    for (boolean inverse : new boolean[] {false, true}) {
      device.write(x.view(), before);
      device.kernels().rope(x.view(), table, headDim, length, first, inverse);
      Matrix expected = Reference.rope(before, angles, headDim, length, first, inverse);
      Close.check("inverse " + inverse, expected, device.read(x.view()), type);
      x.assertFrameIsWhole(device);
    }
  }

  @ParameterizedTest
  @MethodSource("dev.troupe.kernels.Sizes#rowsAndColumns")
  void swigluForward(Sizes.Case c) {
    Framed gateUp = Framed.of(device, c.type(), gateUp(c));
    Framed y = Framed.of(device, c.type(), Matrix.zeros(c.rows(), c.cols()));
    device.kernels().swiglu(y.view(), gateUp.view());
    Matrix expected = Reference.swiglu(device.read(gateUp.view()));
    Close.check("product", expected, device.read(y.view()), c.type());
    y.assertFrameIsWhole(device);
  }

  @ParameterizedTest
  @MethodSource("dev.troupe.kernels.Sizes#rowsAndColumns")
  void swigluBackwardIntoItsInputAndNot(Sizes.Case c) {
    Tensor dy = device.tensor(c.type(), Matrix.normal(c.rows(), c.cols(), 2));
    Framed gateUp = Framed.of(device, c.type(), gateUp(c));
    Framed apart = Framed.of(device, c.type(), Matrix.zeros(c.rows(), 2 * c.cols()));
    Matrix expected = Reference.swigluBackward(device.read(dy), device.read(gateUp.view()));
    for (Framed target : new Framed[] {apart, gateUp}) {
      device.kernels().swigluBackward(target.view(), dy, gateUp.view());
      Close.check("gradient", expected, device.read(target.view()), c.type());
      target.assertFrameIsWhole(device);
    }
  }

  /** Gates of all sizes: the sigmoid's tails are where exponentials overflow. */
  private static Matrix gateUp(Sizes.Case c) {
    return Matrix.normal(c.rows(), 2 * c.cols(), 1)
        .zip(Matrix.normal(c.rows(), 2 * c.cols(), 9), (a, b) -> b > 1.5 ? 60 * a : 2 * a);
  }
}
