package dev.troupe.layer;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;

import dev.troupe.collectives.device.DataType;
import dev.troupe.kernels.Accumulate;
import dev.troupe.kernels.Close;
import dev.troupe.kernels.Matrix;
import dev.troupe.tensor.Tensor;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class RmsNormTest {
  private static final int ROWS = 7;
  private static final int COLS = 19;

  private final LayerRig rig = new LayerRig();
  private final Tensor x = rig.tensor(Matrix.normal(ROWS, COLS, 1));
  private final Parameter gain = rig.parameter(Matrix.normal(1, COLS, 2));
  private final RmsNorm norm = new RmsNorm(rig.kernels(), gain, 0.1f);
  private final Matrix dy = rig.read(rig.tensor(Matrix.normal(ROWS, COLS, 3)));

  @AfterEach
  void close() {
    rig.close();
  }

  private Tensor rows(Pass pass) {
    return pass.workspace().activation(DataType.FLOAT32, ROWS, COLS);
  }

  @ParameterizedTest
  @EnumSource
  void gradientsMeetFiniteDifferences(Accumulate accumulate) {
    Pass pass = rig.pass(accumulate, 1, ROWS);
    RmsNorm.Saved saved = norm.forward(rows(pass), x, pass);
    Matrix residual = Matrix.normal(ROWS, COLS, 4);
    Tensor dx = rig.tensor(residual);
    norm.backward(dx, accumulate, rig.tensor(dy), saved, pass);
    Matrix through =
        accumulate == Accumulate.ADD ? rig.read(dx).zip(residual, (a, b) -> a - b) : rig.read(dx);
    GradientCheck check = new GradientCheck(rig, this::loss, 1e-3);
    check.check("dx", x, through);
    check.check("dGain", gain.value(), rig.gradient(gain, accumulate));
  }

  private double loss() {
    Pass pass = rig.pass(Accumulate.ASSIGN, 1, ROWS);
    Tensor y = rows(pass);
    norm.forward(y, x, pass);
    return rig.read(y).dot(dy);
  }

  @Test
  void normOfASumIsTheNormOfWhatWasAdded() {
    Pass pass = rig.pass(Accumulate.ASSIGN, 1, ROWS);
    Tensor delta = rig.tensor(Matrix.normal(ROWS, COLS, 5));
    Tensor sum = rows(pass);
    Tensor y = rows(pass);
    RmsNorm.Saved saved = norm.forwardSum(sum, y, x, delta, pass);
    Close.check("sum", rig.read(x).plus(rig.read(delta)), rig.read(sum), DataType.FLOAT32);
    Tensor expected = rows(pass);
    norm.forward(expected, sum, pass);
    assertArrayEquals(rig.read(expected).data(), rig.read(y).data());
    Tensor again = rows(pass);
    norm.recompute(again, saved);
    assertArrayEquals(rig.read(expected).data(), rig.read(again).data());
  }
}
