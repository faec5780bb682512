package dev.troupe.parallel;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.troupe.kernels.Accumulate;
import dev.troupe.kernels.Close;
import dev.troupe.kernels.Matrix;
import dev.troupe.layer.LayerRig;
import dev.troupe.layer.Parameter;
import dev.troupe.layer.Pass;
import dev.troupe.tensor.Tensor;
import java.util.List;
import java.util.function.Function;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Each parallel layer on 2 and 4 ranks computes its part of what one rank computes. */
class ShardedEqualsDenseTest {
  private static final int TOKENS = 24;
  private static final int IN = 20;
  private static final int OUT = 192;
  private static final int VALID = 185;
  private static final double TOLERANCE = 1e-5;

  private static final Matrix X = Matrix.normal(TOKENS, IN, 1);
  private static final Matrix WEIGHT = Matrix.normal(OUT, IN, 2);
  private static final Matrix DY = Matrix.normal(TOKENS, OUT, 3);
  private static final Matrix IDS = Matrix.ids(TOKENS, VALID, 4);

  /** All that leaves a layer. */
  private record Result(Matrix y, Matrix dx, Matrix dWeight) {}

  /** The part of a dense matrix that a rank has. */
  private interface Part {
    Matrix of(TensorRank rank, Matrix all);
  }

  /** The parts of a result that a rank has. */
  private record Parts(Part y, Part dx, Part dWeight) {}

  private static void agree(
      int tp, boolean sequence, Function<TensorRank, Result> layer, Parts parts) {
    Result whole;
    try (LayerRig rig = new LayerRig()) {
      whole = layer.apply(TensorRank.alone(rig));
    }
    List<Integer> compared =
        TensorRank.all(
            tp,
            sequence,
            rank -> {
              Result own = layer.apply(rank);
              String who = "rank " + rank.tp().rank() + ": ";
              Close.check(who + "y", parts.y().of(rank, whole.y()), own.y(), TOLERANCE);
              Close.check(who + "dx", parts.dx().of(rank, whole.dx()), own.dx(), TOLERANCE);
              Matrix dWeight = parts.dWeight().of(rank, whole.dWeight());
              Close.check(who + "dW", dWeight, own.dWeight(), TOLERANCE);
              return rank.tp().size();
            });
    assertEquals(tp, compared.getFirst(), "size of the group");
  }

  private static Pass pass(TensorRank rank) {
    return rank.rig().pass(Accumulate.ASSIGN, 2, TOKENS / 2);
  }

  @ParameterizedTest
  @CsvSource({"2,false", "2,true", "4,false", "4,true"})
  void columnParallelLinear(int tp, boolean sequence) {
    agree(
        tp,
        sequence,
        rank -> {
          LayerRig rig = rank.rig();
          Parameter weight = rig.parameter(rank.rowPart(WEIGHT));
          ColumnParallelLinear layer =
              new ColumnParallelLinear(rig.kernels(), rank.region(), List.of(weight));
          Tensor x = rig.tensor(rank.localRows(X));
          Matrix y = rig.read(layer.forward(x, pass(rank)).getFirst());
          Tensor dy = rig.tensor(rank.colPart(DY));
          Matrix dx = rig.read(layer.backward(List.of(dy), x, pass(rank)));
          return new Result(y, dx, rig.read(weight.grad()));
        },
        new Parts(TensorRank::colPart, TensorRank::localRows, TensorRank::rowPart));
  }

  @ParameterizedTest
  @CsvSource({"2,false", "2,true", "4,false", "4,true"})
  void rowParallelLinear(int tp, boolean sequence) {
    agree(
        tp,
        sequence,
        rank -> {
          LayerRig rig = rank.rig();
          Parameter weight = rig.parameter(rank.colPart(WEIGHT));
          RowParallelLinear layer = new RowParallelLinear(rig.kernels(), rank.region(), weight);
          Tensor x = rig.tensor(rank.colPart(X));
          Matrix y = rig.read(layer.forward(x, pass(rank)));
          Tensor dy = rig.tensor(rank.localRows(DY));
          Matrix dx = rig.read(layer.backward(dy, x, pass(rank)));
          return new Result(y, dx, rig.read(weight.grad()));
        },
        new Parts(TensorRank::localRows, TensorRank::colPart, TensorRank::colPart));
  }

  @ParameterizedTest
  @CsvSource({"2,false", "2,true", "4,false", "4,true"})
  void vocabParallelEmbedding(int tp, boolean sequence) {
    agree(
        tp,
        sequence,
        rank -> {
          LayerRig rig = rank.rig();
          Parameter table = rig.parameter(rank.rowPart(WEIGHT));
          int first = rank.tp().rank() * OUT / rank.tp().size();
          VocabParallelEmbedding layer =
              new VocabParallelEmbedding(rig.kernels(), rank.region(), table, first);
          Tensor ids = rig.device().ids(IDS);
          Matrix y = rig.read(layer.forward(ids, pass(rank)));
          Tensor dy = rig.tensor(rank.localRows(X));
          layer.backward(dy, ids, Accumulate.ASSIGN, pass(rank));
          return new Result(y, rig.read(dy), rig.read(table.grad()));
        },
        new Parts(TensorRank::localRows, TensorRank::localRows, TensorRank::rowPart));
  }

  @ParameterizedTest
  @CsvSource({"2,false", "2,true", "4,false", "4,true"})
  void vocabParallelHead(int tp, boolean sequence) {
    agree(
        tp,
        sequence,
        rank -> {
          LayerRig rig = rank.rig();
          Parameter weight = rig.parameter(rank.rowPart(WEIGHT));
          int rows = OUT / rank.tp().size();
          int first = rank.tp().rank() * rows;
          VocabParallelHead layer =
              new VocabParallelHead(
                  rig.kernels(),
                  rank.region(),
                  rank.tp(),
                  weight,
                  first,
                  Math.clamp(VALID - first, 0, rows));
          VocabParallelHead.LossAndGradient result =
              layer.lossAndGradient(
                  rig.tensor(rank.localRows(X)), rig.device().ids(IDS), 0.7f, pass(rank));
          return new Result(
              rig.read(result.losses()), rig.read(result.dx()), rig.read(weight.grad()));
        },
        new Parts((rank, all) -> all, TensorRank::localRows, TensorRank::rowPart));
  }
}
