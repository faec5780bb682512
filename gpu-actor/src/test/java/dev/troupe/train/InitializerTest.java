package dev.troupe.train;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.troupe.layer.ParameterSpec;
import dev.troupe.layer.ParameterSpec.Piece;
import dev.troupe.model.LlamaLayout;
import dev.troupe.proto.spec.ModelSpec;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class InitializerTest {
  private static final double STD = 0.02;
  private static final int LAYERS = 2;
  private static final ModelSpec MODEL =
      new ModelSpec("test", 48, LAYERS, 4, 2, 88, 157, 32, 1e-5, 10000, false);

  private static List<ParameterSpec> parameters(int tp, int tpIndex) {
    return new LlamaLayout(MODEL, tp, tpIndex, false, STD)
        .buckets().stream().flatMap(bucket -> bucket.parameters().stream()).toList();
  }

  private static float[] fill(long seed, ParameterSpec spec, long from, long to) {
    float[] values = new float[Math.toIntExact(to - from)];
    try (Arena arena = Arena.ofShared()) {
      MemorySegment host = arena.allocate(values.length * (long) Float.BYTES, 8);
      new Initializer(seed).fill(spec, from, to, host);
      MemorySegment.copy(host, ValueLayout.JAVA_FLOAT, 0, values, 0, values.length);
    }
    return values;
  }

  /** Logical tensors by name, gathered from all ranks; replicas must agree. */
  private static Map<String, float[]> logical(int tp, long seed) {
    Map<String, float[]> tensors = new TreeMap<>();
    for (int index = 0; index < tp; index++) {
      for (ParameterSpec spec : parameters(tp, index)) {
        float[] local = fill(seed, spec, 0, spec.elements());
        for (Piece piece : spec.pieces()) {
          place(piece, spec.cols(), local, tensors);
        }
      }
    }
    return tensors;
  }

  private static void place(Piece piece, int cols, float[] local, Map<String, float[]> tensors) {
    float[] whole =
        tensors.computeIfAbsent(
            piece.tensor(),
            name -> {
              float[] unknown = new float[piece.tensorRows() * piece.tensorCols()];
              Arrays.fill(unknown, Float.NaN);
              return unknown;
            });
    for (int r = 0; r < piece.rows(); r++) {
      for (int c = 0; c < cols; c++) {
        int at = (piece.row() + r) * piece.tensorCols() + piece.col() + c;
        float value = local[(piece.localRow() + r) * cols + c];
        assertTrue(Float.isNaN(whole[at]) || whole[at] == value, piece.tensor());
        whole[at] = value;
      }
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {2, 4})
  void weightsDoNotDependOnTheTensorParallelWidth(int tp) {
    Map<String, float[]> expected = logical(1, 7);
    Map<String, float[]> actual = logical(tp, 7);
    assertEquals(expected.keySet(), actual.keySet());
    expected.forEach((name, values) -> assertArrayEquals(values, actual.get(name), name));
  }

  @Test
  void everyElementHasTheMeanAndSpreadOfItsKind() {
    logical(1, 7)
        .forEach(
            (name, values) -> {
              double mean = mean(values);
              double expected = name.contains("norm") ? 1 : 0;
              double std = std(name);
              double error = std / Math.sqrt(values.length);
              assertEquals(expected, mean, 4 * error, "mean of " + name);
              double measured = Math.sqrt(product(values, values, mean) / values.length);
              assertEquals(std, measured, 4 * error, "spread of " + name);
            });
  }

  private static double std(String name) {
    if (name.contains("norm")) {
      return 0;
    }
    boolean residual = name.contains("o_proj") || name.contains("down_proj");
    return residual ? STD / Math.sqrt(2.0 * LAYERS) : STD;
  }

  private static double mean(float[] values) {
    double sum = 0;
    for (float value : values) {
      sum += value;
    }
    return sum / values.length;
  }

  private static double product(float[] a, float[] b, double mean) {
    double sum = 0;
    for (int i = 0; i < a.length; i++) {
      sum += (a[i] - mean) * (b[i] - mean);
    }
    return sum;
  }

  private static float[] queries(long seed, int layer) {
    String name = "model.layers." + layer + ".self_attn.q_proj.weight";
    return Objects.requireNonNull(logical(1, seed).get(name), name);
  }

  @Test
  void namesAndSeedsAreIndependentStreams() {
    float[] one = queries(7, 0);
    float[] layer = queries(7, 1);
    float[] seed = queries(8, 0);
    for (float[] other : List.of(layer, seed)) {
      double correlation = product(one, other, 0) / (one.length * STD * STD);
      assertEquals(0, correlation, 5 / Math.sqrt(one.length));
    }
  }

  @Test
  void partsEqualTheWholeAndPaddingIsZero() {
    for (ParameterSpec spec : parameters(2, 1)) {
      long all = spec.elements();
      float[] whole = fill(7, spec, 0, all);
      long third = all / 3;
      float[] part = fill(7, spec, third, 2 * third + 1);
      assertArrayEquals(
          Arrays.copyOfRange(whole, (int) third, (int) (2 * third + 1)), part, spec.name());
      int known = spec.pieces().stream().mapToInt(Piece::rows).sum() * spec.cols();
      for (int i = known; i < all; i++) {
        assertEquals(0, whole[i], spec.name() + " padding");
      }
    }
  }

  /** What is shared out over threads is the same as what one thread fills. */
  @Test
  void largeRangesAreWhatTheirPartsAre() {
    ModelSpec model = new ModelSpec("large", 512, 1, 4, 2, 88, 300, 32, 1e-5, 10000, false);
    ParameterSpec embedding =
        new LlamaLayout(model, 1, 0, false, STD).buckets().getFirst().parameters().getFirst();
    assertTrue(embedding.elements() > 150_000, embedding::toString);
    float[] whole = fill(7, embedding, 0, embedding.elements());
    int step = 10_007;
    for (int from = 0; from < whole.length; from += step) {
      int to = Math.min(whole.length, from + step);
      assertArrayEquals(fill(7, embedding, from, to), Arrays.copyOfRange(whole, from, to));
    }
  }
}
