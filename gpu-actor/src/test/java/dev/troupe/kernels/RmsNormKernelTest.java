package dev.troupe.kernels;

import dev.troupe.collectives.device.DataType;
import dev.troupe.tensor.Tensor;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class RmsNormKernelTest {
  private static final float EPS = 0.5f;

  private final TestDevice device = open();

  /** The device that is tested; its kernels meet the reference whatever it is. */
  TestDevice open() {
    return TestDevice.cpu(2);
  }

  @AfterEach
  void close() {
    device.close();
  }

  private Tensor gain(Sizes.Case c) {
    return device.tensor(c.type(), Matrix.normal(1, c.cols(), 4));
  }

  @ParameterizedTest
  @MethodSource("dev.troupe.kernels.Sizes#rowsAndColumns")
  void normalisesRows(Sizes.Case c) {
    Tensor x = device.tensor(c.type(), Matrix.normal(c.rows(), c.cols(), 1));
    Framed y = Framed.of(device, c.type(), Matrix.zeros(c.rows(), c.cols()));
    Tensor rstd = device.zeros(DataType.FLOAT32, c.rows(), 1);
    Tensor gain = gain(c);
    device.kernels().rmsNorm(y.view(), rstd, x, gain, EPS);
    Matrix expectedRstd = Reference.rstd(device.read(x), EPS);
    Matrix expected = Reference.rmsNorm(device.read(x), expectedRstd, device.read(gain));
    Close.check("rstd", expectedRstd, device.read(rstd), DataType.FLOAT32);
    Close.check("y", expected, device.read(y.view()), c.type());
    y.assertFrameIsWhole(device);

    Tensor again = device.zeros(c.type(), c.rows(), c.cols());
    device.kernels().rmsNormApply(again, x, rstd, gain);
    Close.check("y again", device.read(y.view()), device.read(again), 0);
  }

  @ParameterizedTest
  @MethodSource("dev.troupe.kernels.Sizes#rowsAndColumns")
  void addsAndNormalisesInPlaceAndNot(Sizes.Case c) {
    Matrix values = Matrix.normal(c.rows(), c.cols(), 1);
    Tensor x = device.tensor(c.type(), values);
    Tensor delta = device.tensor(c.type(), Matrix.normal(c.rows(), c.cols(), 2));
    Tensor gain = gain(c);
    Matrix expectedSum = device.read(x).plus(device.read(delta));
    for (Tensor sum : new Tensor[] {device.zeros(c.type(), c.rows(), c.cols()), x}) {
      Tensor y = device.zeros(c.type(), c.rows(), c.cols());
      Tensor rstd = device.zeros(DataType.FLOAT32, c.rows(), 1);
      device.kernels().addRmsNorm(sum, y, rstd, x, delta, gain, EPS);
      Close.check("sum", expectedSum, device.read(sum), c.type());
      // Statistics are those of the sum as it is stored: backward reads no other.
      Matrix expectedRstd = Reference.rstd(device.read(sum), EPS);
      Close.check("rstd", expectedRstd, device.read(rstd), DataType.FLOAT32);
      Matrix expected = Reference.rmsNorm(device.read(sum), expectedRstd, device.read(gain));
      Close.check("y", expected, device.read(y), c.type());
    }
  }

  @ParameterizedTest
  @MethodSource("dev.troupe.kernels.Sizes#rowsAndColumns")
  void backwardAssignsOrAdds(Sizes.Case c) {
    Tensor x = device.tensor(c.type(), Matrix.normal(c.rows(), c.cols(), 1));
    Tensor dy = device.tensor(c.type(), Matrix.normal(c.rows(), c.cols(), 2));
    Tensor gain = gain(c);
    Tensor rstd = device.tensor(DataType.FLOAT32, Reference.rstd(device.read(x), EPS));
    Matrix dx =
        Reference.rmsNormDx(device.read(dy), device.read(x), device.read(rstd), device.read(gain));
    Matrix dGain = Reference.rmsNormDGain(device.read(dy), device.read(x), device.read(rstd));
    for (Accumulate ontoDx : Accumulate.values()) {
      for (Accumulate ontoGain : Accumulate.values()) {
        Framed dxs = Framed.of(device, c.type(), Matrix.normal(c.rows(), c.cols(), 5));
        Tensor gains = device.tensor(DataType.FLOAT32, Matrix.normal(1, c.cols(), 6));
        Matrix expectedDx = onto(ontoDx, device.read(dxs.view()), dx);
        Matrix expectedGain = onto(ontoGain, device.read(gains), dGain);
        device.kernels().rmsNormBackward(dxs.view(), gains, dy, x, rstd, gain, ontoDx, ontoGain);
        Close.check("dx " + ontoDx, expectedDx, device.read(dxs.view()), c.type());
        Close.check("dGain " + ontoGain, expectedGain, device.read(gains), DataType.FLOAT32);
        dxs.assertFrameIsWhole(device);
      }
    }
  }

  private static Matrix onto(Accumulate accumulate, Matrix before, Matrix value) {
    return accumulate == Accumulate.ADD ? before.plus(value) : value;
  }
}
