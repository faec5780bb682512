package dev.troupe.kernels.check;

import dev.troupe.collectives.device.DataType;
import dev.troupe.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;

/**
 * The passes of a vocabulary-parallel cross-entropy, with columns that are padding and targets that
 * other shards hold.
 *
 * @param type of dLogits; float32 is in place
 * @param rows token rows
 * @param cols columns of this shard, padding included
 * @param valid columns that are no padding
 * @param first id of the first column
 */
record LossCases(DataType type, int rows, int cols, int valid, int first) {
  private static final int[][] ODD = {
    {1, 16, 1, 0}, {3, 16, 13, 0}, {13, 208, 150, 100}, {207, 336, 320, 64}, {5, 32, 0, 17}
  };
  private static final int[][] MODEL = {{512, 32000, 32000, 0}, {256, 16128, 16000, 16000}};
  private static final float SCALE = 0.37f;

  static List<KernelCase> odd() {
    return cases(ODD);
  }

  static List<KernelCase> model() {
    return cases(MODEL);
  }

  private static List<KernelCase> cases(int[][] sizes) {
    List<KernelCase> cases = new ArrayList<>();
    for (int[] s : sizes) {
      LossCases self = new LossCases(DataType.FLOAT32, s[0], s[1], s[2], s[3]);
      cases.add(self.of("rowMax", self::rowMax));
      cases.add(self.of("expSum", self::expSum));
      for (DataType type : KernelCases.TYPES) {
        LossCases typed = new LossCases(type, s[0], s[1], s[2], s[3]);
        cases.add(typed.of("crossEntropyBackward", typed::backward));
      }
    }
    return cases;
  }

  private KernelCase of(String kernel, Function<Backend, List<Output>> body) {
    return new KernelCase(
        kernel,
        KernelCases.name(type),
        "%dx%d, %d valid from %d".formatted(rows, cols, valid, first),
        body);
  }

  private Framed logits(Backend backend) {
    return backend.framed(DataType.FLOAT32, Values.normal(rows, cols, 1).map(v -> 4 * v + 30));
  }

  private Tensor targets(Backend backend) {
    return backend.tensor(DataType.INT32, Values.ids(rows, 2 * first + Math.max(1, valid), 2));
  }

  private List<Output> rowMax(Backend backend) {
    Tensor max = backend.output(DataType.FLOAT32, rows, 1);
    backend.kernels().rowMax(max, logits(backend).view(), valid);
    return new Outputs(backend).add("max", max, Bound.exact()).list();
  }

  private List<Output> expSum(Backend backend) {
    Framed logits = logits(backend);
    Tensor sums = backend.output(DataType.FLOAT32, 2, rows);
    // The group's maximum, which is at least the shard's own.
    Tensor max = backend.tensor(DataType.FLOAT32, Values.filled(rows, 1, 45));
    backend.kernels().expSum(sums, logits.view(), max, targets(backend), first, valid);
    return new Outputs(backend)
        .add("exponentials", logits, Bound.of(DataType.FLOAT32))
        .add("sums", sums.rows(0, 1), Bound.of(DataType.FLOAT32))
        .add("target logits", sums.rows(1, 1), Bound.of(DataType.FLOAT32))
        .list();
  }

  private List<Output> backward(Backend backend) {
    Values powers =
        Values.normal(rows, cols, 3).map(Math::exp).cols(0, valid); // zero in the padding
    Framed exps = backend.framed(DataType.FLOAT32, Values.filled(rows, cols, 0).with(0, powers));
    Values totals = Values.normal(2, rows, 4).map(v -> Math.abs(v) + 2.0 * cols);
    Tensor sums = backend.tensor(DataType.FLOAT32, totals);
    Tensor losses = backend.output(DataType.FLOAT32, rows, 1);
    Framed dLogits = type == DataType.FLOAT32 ? exps : backend.framedOutput(type, rows, cols);
    backend
        .kernels()
        .crossEntropyBackward(
            dLogits.view(), losses, exps.view(), sums, targets(backend), first, SCALE);
    return new Outputs(backend)
        .add("losses", losses, Bound.of(DataType.FLOAT32))
        .add("dLogits", dLogits, Bound.of(type))
        .list();
  }
}
