package dev.troupe.kernels.check;

import dev.troupe.collectives.device.DataType;
import dev.troupe.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;

/**
 * Embedding and its gradient, where ids repeat and where some are other shards'.
 *
 * @param type of activations and the table
 * @param rows token rows
 * @param cols width
 * @param ids rows of the table
 * @param first id of the table's first row
 */
record EmbeddingCases(DataType type, int rows, int cols, int ids, int first) {
  private static final int[][] ODD = {
    {1, 1, 1, 0}, {13, 16, 5, 0}, {207, 33, 40, 20}, {129, 207, 1000, 500}, {600, 31, 3, 1}
  };
  private static final int[][] MODEL = {{2048, 4096, 16000, 16000}};

  static List<KernelCase> odd() {
    return cases(ODD);
  }

  static List<KernelCase> model() {
    return cases(MODEL);
  }

  private static List<KernelCase> cases(int[][] sizes) {
    List<KernelCase> cases = new ArrayList<>();
    for (DataType type : KernelCases.TYPES) {
      for (int[] s : sizes) {
        EmbeddingCases self = new EmbeddingCases(type, s[0], s[1], s[2], s[3]);
        cases.add(self.of("embedding", self::forward));
        cases.add(self.of("embeddingBackward", self::backward));
      }
    }
    return cases;
  }

  private KernelCase of(String kernel, Function<Backend, List<Output>> body) {
    return new KernelCase(
        kernel,
        KernelCases.name(type),
        "%dx%d of %d from %d".formatted(rows, cols, ids, first),
        body);
  }

  /** Below, in and above the table. */
  private Tensor ids(Backend backend) {
    return backend.tensor(DataType.INT32, Values.ids(rows, 2 * first + ids, 1));
  }

  private List<Output> forward(Backend backend) {
    Tensor table = backend.tensor(type, Values.normal(ids, cols, 2));
    Framed y = backend.framedOutput(type, rows, cols);
    backend.kernels().embedding(y.view(), table, ids(backend), first);
    return new Outputs(backend).add("y", y, Bound.exact()).list();
  }

  private List<Output> backward(Backend backend) {
    Tensor dTable = backend.tensor(DataType.FLOAT32, Values.normal(ids, cols, 3));
    Tensor dy = backend.framed(type, Values.normal(rows, cols, 4)).view();
    backend.kernels().embeddingBackward(dTable, dy, ids(backend), first);
    return new Outputs(backend).add("dTable", dTable, Bound.of(DataType.FLOAT32)).list();
  }
}
