package dev.troupe.optim;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.troupe.collectives.device.DataType;
import dev.troupe.collectives.mesh.DeviceMesh;
import dev.troupe.kernels.Matrix;
import dev.troupe.layer.Parameter;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class GlobalNormTest {
  private static List<Double> norms(int tp, int dp) {
    return OptimizerRank.all(
        new DeviceMesh(tp, dp),
        DataType.FLOAT32,
        rank -> {
          for (Parameter parameter : rank.flat().byName().values()) {
            // One contribution and zeros: the sum over dp is exact.
            Matrix grad = OptimizerRank.normal(parameter, rank.at().tp());
            Matrix own = grad.map(g -> rank.at().dp() == 0 ? g : 0);
            rank.device().write(parameter.grad(), own);
          }
          rank.reduce();
          return rank.norm();
        });
  }

  /** Squares of what is counted, parameter by parameter in plain float64. */
  private static double plain(int tp) {
    List<Map<String, Double>> squares =
        OptimizerRank.all(
            new DeviceMesh(tp, 1),
            DataType.FLOAT32,
            rank -> {
              Map<String, Double> own = new TreeMap<>();
              for (Parameter parameter : rank.flat().byName().values()) {
                if (parameter.spec().counted()) {
                  Matrix grad = OptimizerRank.normal(parameter, rank.at().tp());
                  rank.device().write(parameter.grad(), grad);
                  Matrix stored = rank.device().read(parameter.grad());
                  own.put(parameter.spec().name(), stored.dot(stored));
                }
              }
              return own;
            });
    return Math.sqrt(
        squares.stream().flatMap(own -> own.values().stream()).mapToDouble(s -> s).sum());
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2})
  void theBitsDoNotDependOnTheDataParallelWidth(int tp) {
    double expected = norms(tp, 1).getFirst();
    assertEquals(plain(tp), expected, 1e-6 * expected, "plain sum");
    for (int dp = 1; dp <= 3; dp++) {
      for (double norm : norms(tp, dp)) {
        assertEquals(expected, norm, "dp=" + dp);
      }
    }
  }
}
