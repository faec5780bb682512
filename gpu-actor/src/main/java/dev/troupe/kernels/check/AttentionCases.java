package dev.troupe.kernels.check;

import dev.troupe.collectives.device.DataType;
import dev.troupe.kernels.AttentionShape;
import dev.troupe.tensor.Tensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Causal attention, forward and backward: lengths around tiles, grouped heads, columns of wider
 * matrices, keys in a cache, and sequences of several documents.
 *
 * @param type of activations
 * @param shape sizes
 * @param capacity rows of keys that a sequence has memory for
 * @param documents whether a query sees no key before the first of its document
 */
record AttentionCases(DataType type, AttentionShape shape, int capacity, boolean documents) {
  private static final AttentionShape[] TRAINING = {
    new AttentionShape(1, 1, 1, 1, 1, 2),
    new AttentionShape(2, 37, 37, 4, 2, 10),
    new AttentionShape(2, 64, 64, 2, 2, 16),
    new AttentionShape(1, 65, 65, 3, 1, 64),
    new AttentionShape(2, 130, 130, 4, 2, 80),
    new AttentionShape(1, 207, 207, 2, 1, 128)
  };
  private static final AttentionShape[] CACHES = {
    new AttentionShape(1, 1, 65, 4, 2, 8),
    new AttentionShape(2, 5, 63, 2, 2, 64),
    new AttentionShape(1, 66, 207, 2, 1, 128)
  };
  private static final AttentionShape[] PACKED = {
    new AttentionShape(2, 37, 37, 4, 2, 10),
    new AttentionShape(2, 64, 64, 2, 2, 16),
    new AttentionShape(1, 330, 330, 2, 1, 32),
    new AttentionShape(2, 207, 207, 2, 1, 64),
    new AttentionShape(1, 330, 330, 2, 1, 80),
    new AttentionShape(1, 330, 330, 2, 1, 96),
    new AttentionShape(1, 330, 330, 2, 1, 128),
    new AttentionShape(1, 207, 207, 2, 1, 256)
  };
  private static final int ROOM = 11;

  /** Lengths of documents that follow each other, from below warps to above tiles. */
  private static final int[] LENGTHS = {7, 1, 40, 3, 150, 2, 65, 1, 1, 20};

  /** LLaMA-7B and a model with grouped heads, a quarter of their heads. */
  private static final AttentionShape[] MODEL = {
    new AttentionShape(1, 1024, 1024, 8, 8, 128), new AttentionShape(2, 512, 512, 8, 1, 64)
  };

  static List<KernelCase> odd() {
    List<KernelCase> cases = training(TRAINING, false);
    cases.addAll(training(PACKED, true));
    for (DataType type : KernelCases.TYPES) {
      for (AttentionShape shape : CACHES) {
        AttentionCases cache = new AttentionCases(type, shape, shape.keyLength() + ROOM, false);
        cases.add(cache.of("attention", cache::forward));
      }
    }
    return cases;
  }

  static List<KernelCase> model() {
    List<KernelCase> cases = training(MODEL, false);
    cases.addAll(training(MODEL, true));
    return cases;
  }

  private static List<KernelCase> training(AttentionShape[] shapes, boolean documents) {
    List<KernelCase> cases = new ArrayList<>();
    for (DataType type : KernelCases.TYPES) {
      for (AttentionShape shape : shapes) {
        AttentionCases self = new AttentionCases(type, shape, shape.keyLength(), documents);
        cases.add(self.of("attention", self::forward));
        cases.add(self.of("attentionBackward", self::backward));
      }
    }
    return cases;
  }

  private KernelCase of(String kernel, Function<Backend, List<Output>> body) {
    return new KernelCase(
        kernel,
        KernelCases.name(type),
        "%dx(%d on %d) heads %d/%d of %d%s%s"
            .formatted(
                shape.sequences(),
                shape.queryLength(),
                shape.keyLength(),
                shape.heads(),
                shape.kvHeads(),
                shape.headDim(),
                capacity == shape.keyLength() ? "" : ", cache of " + capacity,
                documents ? ", documents" : ""),
        body);
  }

  /** Inputs as the model has them: k and v are columns of wider matrices. */
  private record Run(
      Tensor q, Tensor k, Tensor v, Framed out, Tensor lse, @Nullable Tensor firstKeys) {}

  private Run run(Backend backend) {
    int rows = shape.sequences() * shape.queryLength();
    int keyRows = shape.sequences() * capacity;
    int width = shape.heads() * shape.headDim();
    int keyWidth = shape.kvHeads() * shape.headDim();
    Tensor q = backend.tensor(type, Values.normal(rows, width, 1));
    // A few large keys, so that the running maximum moves from tile to tile.
    Values keys = Values.normal(keyRows, keyWidth, 2).map(v -> v > 2 ? 2 * v : v);
    Tensor k = backend.framed(type, keys).view();
    Tensor v = backend.framed(type, Values.normal(keyRows, keyWidth, 3)).view();
    Framed out = backend.framedOutput(type, rows, width);
    Tensor lse =
        backend.output(DataType.FLOAT32, shape.sequences() * shape.heads(), shape.queryLength());
    Tensor firstKeys = documents ? backend.tensor(DataType.INT32, firstKeys()) : null;
    backend.kernels().attention(out.view(), lse, q, k, v, firstKeys, shape);
    return new Run(q, k, v, out, lse, firstKeys);
  }

  /** Of each query; each sequence begins with another length. */
  private Values firstKeys() {
    int length = shape.queryLength();
    double[] places = new double[shape.sequences() * length];
    for (int s = 0; s < shape.sequences(); s++) {
      int start = 0;
      for (int document = s; start < length; document++) {
        int end = Math.min(length, start + LENGTHS[document % LENGTHS.length]);
        Arrays.fill(places, s * length + start, s * length + end, start);
        start = end;
      }
    }
    return new Values(places.length, 1, places);
  }

  private List<Output> forward(Backend backend) {
    Run run = run(backend);
    return new Outputs(backend)
        .add("lse", run.lse(), Bound.of(DataType.FLOAT32))
        .add("out", run.out(), Bound.of(type))
        .list();
  }

  private List<Output> backward(Backend backend) {
    Run run = run(backend);
    Tensor q = run.q();
    int keyWidth = run.k().cols();
    Tensor dOut = backend.tensor(type, Values.normal(q.rows(), q.cols(), 4));
    Framed dq = backend.framedOutput(type, q.rows(), q.cols());
    Framed dk = backend.framedOutput(type, run.k().rows(), keyWidth);
    Framed dv = backend.framedOutput(type, run.k().rows(), keyWidth);
    backend
        .kernels()
        .attentionBackward(
            dq.view(),
            dk.view(),
            dv.view(),
            dOut,
            run.out().view(),
            run.lse(),
            q,
            run.k(),
            run.v(),
            run.firstKeys(),
            shape);
    // One key: the scores do not matter, and nothing of dq and dk but rounding is left.
    Bound scores = shape.keyLength() == 1 ? Bound.finite() : Bound.whole(type);
    return new Outputs(backend)
        .add("dq", dq, scores)
        .add("dk", dk, scores)
        .add("dv", dv, Bound.whole(type))
        .list();
  }
}
