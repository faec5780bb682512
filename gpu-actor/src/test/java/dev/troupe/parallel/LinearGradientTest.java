package dev.troupe.parallel;

import dev.troupe.kernels.Accumulate;
import dev.troupe.kernels.Matrix;
import dev.troupe.layer.GradientCheck;
import dev.troupe.layer.LayerRig;
import dev.troupe.layer.Parameter;
import dev.troupe.layer.Pass;
import dev.troupe.tensor.Tensor;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The linear layers against finite differences. */
class LinearGradientTest {
  private static final int ROWS = 11;
  private static final int IN = 13;

  private final LayerRig rig = new LayerRig();
  private final TensorRank alone = TensorRank.alone(rig);
  private final Tensor x = rig.tensor(Matrix.normal(ROWS, IN, 1));

  @AfterEach
  void close() {
    rig.close();
  }

  @ParameterizedTest
  @EnumSource
  void columnParallelWithTwoWeights(Accumulate accumulate) {
    Parameter first = rig.parameter(Matrix.normal(17, IN, 2));
    Parameter second = rig.parameter(Matrix.normal(6, IN, 3));
    ColumnParallelLinear layer =
        new ColumnParallelLinear(rig.kernels(), alone.region(), List.of(first, second));
    Tensor dFirst = rig.tensor(Matrix.normal(ROWS, 17, 4));
    Tensor dSecond = rig.tensor(Matrix.normal(ROWS, 6, 5));
    Pass pass = rig.pass(accumulate, 1, ROWS);
    Matrix dx = rig.read(layer.backward(List.of(dFirst, dSecond), x, pass));
    GradientCheck check =
        new GradientCheck(
            rig,
            () -> {
              List<Tensor> ys = layer.forward(x, rig.pass(accumulate, 1, ROWS));
              return rig.read(ys.get(0)).dot(rig.read(dFirst))
                  + rig.read(ys.get(1)).dot(rig.read(dSecond));
            },
            1e-3);
    check.check("dx", x, dx);
    check.check("first weight", first.value(), rig.gradient(first, accumulate));
    check.check("second weight", second.value(), rig.gradient(second, accumulate));
  }

  @ParameterizedTest
  @EnumSource
  void rowParallel(Accumulate accumulate) {
    Parameter weight = rig.parameter(Matrix.normal(17, IN, 2));
    RowParallelLinear layer = new RowParallelLinear(rig.kernels(), alone.region(), weight);
    Tensor dy = rig.tensor(Matrix.normal(ROWS, 17, 4));
    Matrix dx = rig.read(layer.backward(dy, x, rig.pass(accumulate, 1, ROWS)));
    GradientCheck check =
        new GradientCheck(
            rig,
            () -> {
              Tensor y = layer.forward(x, rig.pass(accumulate, 1, ROWS));
              return rig.read(y).dot(rig.read(dy));
            },
            1e-3);
    check.check("dx", x, dx);
    check.check("weight", weight.value(), rig.gradient(weight, accumulate));
  }
}
