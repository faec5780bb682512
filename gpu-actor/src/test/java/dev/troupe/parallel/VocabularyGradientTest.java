package dev.troupe.parallel;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;

import dev.troupe.kernels.Accumulate;
import dev.troupe.kernels.Close;
import dev.troupe.kernels.Matrix;
import dev.troupe.layer.GradientCheck;
import dev.troupe.layer.LayerRig;
import dev.troupe.layer.Parameter;
import dev.troupe.layer.Pass;
import dev.troupe.tensor.Tensor;
import java.util.Arrays;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** Embedding and head against finite differences. */
class VocabularyGradientTest {
  private static final float SCALE = 0.3f;

  private final LayerRig rig = new LayerRig(12 << 20);
  private final TensorRank alone = TensorRank.alone(rig);

  @AfterEach
  void close() {
    rig.close();
  }

  @ParameterizedTest
  @EnumSource
  void embedding(Accumulate accumulate) {
    Parameter table = rig.parameter(Matrix.normal(9, 13, 1));
    Tensor ids = rig.device().ids(Matrix.ids(22, 9, 2));
    VocabParallelEmbedding layer =
        new VocabParallelEmbedding(rig.kernels(), alone.region(), table, 0);
    Tensor dy = rig.tensor(Matrix.normal(22, 13, 3));
    layer.backward(dy, ids, accumulate, rig.pass(Accumulate.ASSIGN, 2, 11));
    new GradientCheck(
            rig,
            () -> {
              Tensor y = layer.forward(ids, rig.pass(Accumulate.ASSIGN, 2, 11));
              return rig.read(y).dot(rig.read(dy));
            },
            1e-3)
        .check("table", table.value(), rig.gradient(table, accumulate));
  }

  /** The large vocabulary makes three chunks of the rows. */
  @ParameterizedTest
  @CsvSource({"48,48,22,ASSIGN", "48,31,22,ADD", "40000,39990,130,ASSIGN", "40000,39990,130,ADD"})
  void head(int vocabulary, int valid, int rows, Accumulate accumulate) {
    Parameter weight = rig.parameter(Matrix.normal(vocabulary, 4, 1));
    Tensor x = rig.tensor(Matrix.normal(rows, 4, 2));
    Tensor targets = rig.device().ids(Matrix.ids(rows, valid, 3));
    VocabParallelHead head =
        new VocabParallelHead(rig.kernels(), alone.region(), alone.tp(), weight, 0, valid);
    Pass pass = rig.pass(accumulate, 1, rows);
    VocabParallelHead.LossAndGradient result = head.lossAndGradient(x, targets, SCALE, pass);
    double[] losses = rig.read(result.losses()).data();
    Matrix dx = rig.read(result.dx());
    Matrix gradient = rig.gradient(weight, accumulate);

    Supplier<double[]> forward =
        () -> rig.read(head.losses(x, targets, rig.pass(accumulate, 1, rows))).data();
    assertArrayEquals(losses, forward.get(), "losses with and without gradient");
    GradientCheck check =
        new GradientCheck(rig, () -> Arrays.stream(forward.get()).sum() * SCALE, 2e-3);
    check.check("dx", x, dx);
    check.check("weight", weight.value(), gradient);
    int padding = vocabulary - valid;
    assertArrayEquals(
        new double[padding * 4], gradient.rows(valid, padding).data(), "gradient of padding");
  }

  @Test
  void logitsAndTargetsGiveTheLosses() {
    Parameter weight = rig.parameter(Matrix.normal(48, 13, 1));
    Tensor x = rig.tensor(Matrix.normal(22, 13, 2));
    Matrix ids = Matrix.ids(22, 31, 3);
    VocabParallelHead head =
        new VocabParallelHead(rig.kernels(), alone.region(), alone.tp(), weight, 0, 31);
    Pass pass = rig.pass(Accumulate.ASSIGN, 1, 22);
    Matrix logits = rig.read(head.logits(x, pass));
    Matrix expected = Matrix.zeros(22, 1);
    for (int r = 0; r < 22; r++) {
      double sum = 0;
      for (int c = 0; c < 31; c++) {
        sum += Math.exp(logits.at(r, c));
      }
      expected.set(r, 0, Math.log(sum) - logits.at(r, (int) ids.at(r, 0)));
    }
    Matrix losses = rig.read(head.losses(x, rig.device().ids(ids), pass));
    Close.check("losses", expected, losses, 1e-5);
  }
}
