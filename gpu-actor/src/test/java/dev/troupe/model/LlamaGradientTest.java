package dev.troupe.model;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.troupe.kernels.Accumulate;
import dev.troupe.kernels.Close;
import dev.troupe.kernels.Matrix;
import dev.troupe.layer.GradientCheck;
import dev.troupe.layer.LayerRig;
import dev.troupe.layer.Parameter;
import dev.troupe.layer.ParameterSpec;
import dev.troupe.layer.Pass;
import dev.troupe.proto.spec.ModelSpec;
import dev.troupe.proto.spec.Recompute;
import dev.troupe.tensor.Tensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The whole model against finite differences, in every parameter. */
class LlamaGradientTest {
  private static final int SEQUENCES = 2;
  private static final int LENGTH = 9;
  private static final float SCALE = 0.5f;

  private final ModelRig model = new ModelRig();
  private final LayerRig rig = model.rig();
  private final Tensor ids = rig.device().ids(Matrix.ids(SEQUENCES * LENGTH, 31, 1));
  private final Tensor targets = rig.device().ids(Matrix.ids(SEQUENCES * LENGTH, 31, 2));

  @AfterEach
  void close() {
    model.close();
  }

  private static LlamaLayout layout(boolean tied) {
    return new LlamaLayout(
        new ModelSpec("test", 24, 2, 4, 2, 36, 31, LENGTH, 1e-3, 100, tied), 1, 0, false, 0.3);
  }

  private Map<String, Parameter> parameters(LlamaLayout layout) {
    Map<String, Parameter> parameters = new LinkedHashMap<>();
    for (LlamaLayout.Bucket bucket : layout.buckets()) {
      for (ParameterSpec spec : bucket.parameters()) {
        Matrix normal = Matrix.normal(spec.rows(), spec.cols(), spec.name().hashCode());
        double std = spec.init().std();
        Matrix values = normal.map(v -> std > 0 ? std * v : 1 + 0.2 * v);
        parameters.put(spec.name(), rig.parameter(spec, values));
      }
    }
    return parameters;
  }

  private Llama llama(LlamaLayout layout, Map<String, Parameter> parameters, Recompute recompute) {
    Tensor rope = model.rope(LENGTH, layout.model().headDim());
    return new LlamaBuilder(layout, rig.kernels(), model.alone().tp(), rope, recompute)
        .build(parameters);
  }

  private Pass pass(Accumulate gradients) {
    return rig.pass(gradients, SEQUENCES, LENGTH);
  }

  private double loss(Llama llama) {
    Tensor losses = llama.losses(ids, targets, pass(Accumulate.ASSIGN));
    return Arrays.stream(rig.read(losses).data()).sum() * SCALE;
  }

  @ParameterizedTest
  @CsvSource({
    "false,NONE",
    "false,SELECTIVE",
    "false,FULL",
    "true,NONE",
    "true,SELECTIVE",
    "true,FULL"
  })
  void everyGradientMeetsFiniteDifferences(boolean tied, Recompute recompute) {
    LlamaLayout layout = layout(tied);
    Map<String, Parameter> parameters = parameters(layout);
    Llama llama = llama(layout, parameters, recompute);
    Matrix losses =
        rig.read(llama.forwardBackward(ids, targets, SCALE, pass(Accumulate.ASSIGN), bucket -> {}));
    double[] alone = rig.read(llama.losses(ids, targets, pass(Accumulate.ASSIGN))).data();
    assertArrayEquals(alone, losses.data(), "losses with and without gradients");
    Map<String, Matrix> gradients = gradients(parameters, Accumulate.ASSIGN);
    GradientCheck check = new GradientCheck(rig, () -> loss(llama), 5e-3);
    parameters.forEach(
        (name, parameter) -> check.check(name, parameter.value(), find(gradients, name)));
  }

  private static <T> T find(Map<String, T> map, String name) {
    return Objects.requireNonNull(map.get(name), name);
  }

  private Map<String, Matrix> gradients(Map<String, Parameter> parameters, Accumulate accumulate) {
    Map<String, Matrix> gradients = new LinkedHashMap<>();
    parameters.forEach((name, p) -> gradients.put(name, rig.gradient(p, accumulate)));
    return gradients;
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void aSecondMicrobatchAddsToTheGradientsOfTheFirst(boolean tied) {
    LlamaLayout layout = layout(tied);
    Map<String, Parameter> parameters = parameters(layout);
    Llama llama = llama(layout, parameters, Recompute.NONE);
    llama.forwardBackward(ids, targets, SCALE, pass(Accumulate.ASSIGN), bucket -> {});
    Map<String, Matrix> once = gradients(parameters, Accumulate.ASSIGN);
    llama.forwardBackward(ids, targets, 2 * SCALE, pass(Accumulate.ADD), bucket -> {});
    gradients(parameters, Accumulate.ASSIGN)
        .forEach((name, sum) -> Close.norm(name, find(once, name).map(g -> 3 * g), sum, 1e-5));
  }

  @ParameterizedTest
  @CsvSource({"false,NONE", "false,FULL", "true,NONE"})
  void bucketsAreReportedOnceWhenTheirGradientsAreComplete(boolean tied, Recompute recompute) {
    LlamaLayout layout = layout(tied);
    Map<String, Parameter> parameters = parameters(layout);
    Llama llama = llama(layout, parameters, recompute);
    List<Integer> reported = new ArrayList<>();
    Map<String, Matrix> early = new LinkedHashMap<>();
    llama.forwardBackward(
        ids,
        targets,
        SCALE,
        pass(Accumulate.ASSIGN),
        bucket -> {
          reported.add(bucket);
          for (ParameterSpec spec : layout.buckets().get(bucket).parameters()) {
            Parameter parameter = find(parameters, spec.name());
            early.put(spec.name(), rig.gradient(parameter, Accumulate.ASSIGN));
          }
        });
    assertEquals(llama.bucketOrder(), reported);
    Map<String, Matrix> complete = gradients(parameters, Accumulate.ASSIGN);
    assertEquals(complete.keySet(), early.keySet());
    early.forEach(
        (name, gradient) -> assertArrayEquals(find(complete, name).data(), gradient.data(), name));
  }
}
