package dev.troupe.model;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;

import dev.troupe.collectives.device.DataType;
import dev.troupe.kernels.Accumulate;
import dev.troupe.kernels.Matrix;
import dev.troupe.layer.GradientCheck;
import dev.troupe.layer.LayerRig;
import dev.troupe.layer.Parameter;
import dev.troupe.layer.Pass;
import dev.troupe.layer.RmsNorm;
import dev.troupe.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Attention, MLP and block against finite differences, in every input and every weight. */
class BlockGradientTest {
  private static final int SEQUENCES = 2;
  private static final int LENGTH = 7;
  private static final int ROWS = SEQUENCES * LENGTH;
  private static final int HIDDEN = 24;
  private static final double TOLERANCE = 2e-3;
  private static final double[] FIRST_KEYS = {0, 0, 0, 3, 4, 4, 4, 0, 1, 1, 1, 1, 5, 5};

  private final ModelRig model = new ModelRig();
  private final LayerRig rig = model.rig();
  private final Tensor x = rig.tensor(Matrix.normal(ROWS, HIDDEN, 1));
  private final Tensor dy = rig.tensor(Matrix.normal(ROWS, HIDDEN, 2));
  private @Nullable Tensor firstKeys;

  @AfterEach
  void close() {
    model.close();
  }

  private Pass pass() {
    Pass pass = rig.pass(Accumulate.ASSIGN, SEQUENCES, LENGTH);
    return new Pass(pass.workspace(), pass.gradients(), SEQUENCES, LENGTH, firstKeys);
  }

  private double project(Tensor y) {
    return rig.read(y).dot(rig.read(dy));
  }

  private void check(GradientCheck check, Matrix dx) {
    List<Matrix> gradients =
        model.weights().stream().map(w -> rig.gradient(w, Accumulate.ASSIGN)).toList();
    check.check("dx", x, dx);
    for (int i = 0; i < gradients.size(); i++) {
      check.check("weight " + i, model.weights().get(i).value(), gradients.get(i));
    }
  }

  @ParameterizedTest
  @CsvSource({"4,4", "4,2", "4,1", "2,1"})
  void attention(int heads, int kvHeads) {
    Attention attention = model.attention(HIDDEN, heads, kvHeads, LENGTH);
    Pass pass = pass();
    Attention.Saved saved = attention.forward(x, pass);
    Matrix dx = rig.read(attention.backward(dy, x, saved, pass));
    check(new GradientCheck(rig, () -> project(attention), TOLERANCE), dx);
  }

  @Test
  void attentionWithinDocuments() {
    firstKeys = rig.device().ids(new Matrix(ROWS, 1, FIRST_KEYS));
    attention(4, 2);
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void mlp(boolean keepProduct) {
    Mlp mlp = model.mlp(HIDDEN, 33, keepProduct);
    Pass pass = pass();
    Mlp.Forward forward = mlp.forward(x, pass);
    Matrix dx = rig.read(mlp.backward(dy, x, forward.saved(), pass));
    check(new GradientCheck(rig, () -> project(mlp), TOLERANCE), dx);
  }

  private Block block(boolean keep) {
    return new Block(
        rig.kernels(),
        new RmsNorm(rig.kernels(), model.weight(1, HIDDEN), 1e-3f),
        model.attention(HIDDEN, 4, 2, LENGTH),
        new RmsNorm(rig.kernels(), model.weight(1, HIDDEN), 1e-3f),
        model.mlp(HIDDEN, 33, keep),
        keep);
  }

  private double project(Attention attention) {
    Pass pass = pass();
    return project(attention.output().forward(attention.forward(x, pass).out(), pass));
  }

  private double project(Mlp mlp) {
    Pass pass = pass();
    return project(mlp.output().forward(mlp.forward(x, pass).product(), pass));
  }

  private double project(Block block) {
    Pass pass = pass();
    Tensor y = pass.workspace().activation(DataType.FLOAT32, ROWS, HIDDEN);
    block.forward(y, x, pass);
    return project(y);
  }

  private Matrix backward(Block block) {
    Pass pass = pass();
    Tensor y = pass.workspace().activation(DataType.FLOAT32, ROWS, HIDDEN);
    Block.Saved saved = block.forward(y, x, pass);
    Tensor dx = rig.tensor(rig.read(dy));
    block.backward(dx, saved, pass);
    return rig.read(dx);
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void wholeBlock(boolean keepNorms) {
    Block block = block(keepNorms);
    Matrix dx = backward(block);
    check(new GradientCheck(rig, () -> project(block), TOLERANCE), dx);
  }

  @Test
  void normsThatAreComputedAgainGiveTheSameBits() {
    List<Matrix> results = new ArrayList<>();
    Block kept = block(true);
    Block again =
        new Block(
            rig.kernels(),
            kept.attentionNorm(),
            kept.attention(),
            kept.mlpNorm(),
            new Mlp(rig.kernels(), kept.mlp().input(), kept.mlp().output(), false),
            false);
    for (Block block : List.of(kept, again)) {
      results.add(backward(block));
      for (Parameter weight : model.weights()) {
        results.add(rig.read(weight.grad()));
      }
    }
    int half = results.size() / 2;
    for (int i = 0; i < half; i++) {
      assertArrayEquals(results.get(i).data(), results.get(half + i).data(), "gradient " + i);
    }
  }
}
