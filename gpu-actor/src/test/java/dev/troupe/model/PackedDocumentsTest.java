package dev.troupe.model;

import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.troupe.kernels.Accumulate;
import dev.troupe.kernels.Close;
import dev.troupe.kernels.Matrix;
import dev.troupe.layer.LayerRig;
import dev.troupe.layer.Parameter;
import dev.troupe.layer.ParameterSpec;
import dev.troupe.layer.Pass;
import dev.troupe.proto.spec.ModelSpec;
import dev.troupe.proto.spec.Recompute;
import dev.troupe.tensor.Tensor;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * A sequence that is packed with documents gives what the documents give each alone, although they
 * then begin at position 0: rotary scores depend on distances.
 */
class PackedDocumentsTest {
  private static final int[] DOCUMENTS = {5, 1, 40, 2, 1, 21, 50};
  private static final int LENGTH = 120;
  private static final int VOCAB = 31;

  private final ModelRig model = new ModelRig();
  private final LayerRig rig = model.rig();
  private final Tensor ids = rig.device().ids(Matrix.ids(LENGTH, VOCAB, 1));
  private final Tensor targets = rig.device().ids(Matrix.ids(LENGTH, VOCAB, 2));
  private final Map<String, Parameter> parameters = new LinkedHashMap<>();

  @AfterEach
  void close() {
    model.close();
  }

  private Llama llama(Recompute recompute) {
    LlamaLayout layout =
        new LlamaLayout(
            new ModelSpec("test", 24, 2, 4, 2, 36, VOCAB, LENGTH, 1e-3, 100, false),
            1,
            0,
            false,
            0.3);
    for (LlamaLayout.Bucket bucket : layout.buckets()) {
      for (ParameterSpec spec : bucket.parameters()) {
        Matrix normal = Matrix.normal(spec.rows(), spec.cols(), spec.name().hashCode());
        double std = spec.init().std();
        Matrix values = normal.map(v -> std > 0 ? std * v : 1 + 0.2 * v);
        parameters.put(spec.name(), rig.parameter(spec, values));
      }
    }
    Tensor rope = model.rope(LENGTH, layout.model().headDim());
    return new LlamaBuilder(layout, rig.kernels(), model.alone().tp(), rope, recompute)
        .build(parameters);
  }

  private record Result(Matrix losses, Map<String, Matrix> gradients) {}

  private Result packed(Llama llama, @Nullable Tensor firstKeys) {
    Pass pass = rig.pass(Accumulate.ASSIGN, 1, LENGTH);
    Pass masked = new Pass(pass.workspace(), pass.gradients(), 1, LENGTH, firstKeys);
    Matrix losses = rig.read(llama.forwardBackward(ids, targets, 1, masked, bucket -> {}));
    return new Result(losses, gradients());
  }

  private Result alone(Llama llama) {
    Matrix losses = Matrix.zeros(LENGTH, 1);
    int start = 0;
    for (int length : DOCUMENTS) {
      Pass pass = rig.pass(start == 0 ? Accumulate.ASSIGN : Accumulate.ADD, 1, length);
      Matrix own =
          rig.read(
              llama.forwardBackward(
                  ids.rows(start, length), targets.rows(start, length), 1, pass, bucket -> {}));
      System.arraycopy(own.data(), 0, losses.data(), start, length);
      start += length;
    }
    return new Result(losses, gradients());
  }

  private Map<String, Matrix> gradients() {
    Map<String, Matrix> gradients = new LinkedHashMap<>();
    parameters.forEach((name, p) -> gradients.put(name, rig.gradient(p, Accumulate.ASSIGN)));
    return gradients;
  }

  private static Matrix firstKeys() {
    Matrix places = Matrix.zeros(LENGTH, 1);
    int start = 0;
    for (int length : DOCUMENTS) {
      for (int i = start; i < start + length; i++) {
        places.set(i, 0, start);
      }
      start += length;
    }
    return places;
  }

  @ParameterizedTest
  @EnumSource
  void lossesAndGradientsAreThoseOfTheDocumentsAlone(Recompute recompute) {
    Llama llama = llama(recompute);
    Result packed = packed(llama, rig.device().ids(firstKeys()));
    Result alone = alone(llama);
    Close.check("losses", alone.losses(), packed.losses(), 2e-5);
    alone
        .gradients()
        .forEach(
            (name, expected) ->
                Close.norm(
                    name,
                    expected,
                    Objects.requireNonNull(packed.gradients().get(name), name),
                    2e-5));
    Result unmasked = packed(llama, null);
    assertThrows(
        AssertionError.class,
        () -> Close.check("losses", alone.losses(), unmasked.losses(), 1e-2),
        "the mask matters");
  }
}
