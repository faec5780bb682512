package dev.troupe.train;

import dev.troupe.collectives.device.DataType;
import dev.troupe.collectives.device.Device;
import dev.troupe.collectives.device.DeviceBuffer;
import dev.troupe.kernels.Accumulate;
import dev.troupe.layer.Pass;
import dev.troupe.model.Llama;
import dev.troupe.proto.spec.TrainSpec;
import dev.troupe.tensor.Tensor;
import dev.troupe.tensor.Workspace;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import org.jspecify.annotations.Nullable;

/** Runs ranges of a batch through the model, a microbatch at a time, and sums the losses. */
final class Microbatches implements AutoCloseable {
  private final Device device;
  private final Llama model;
  private final Workspace workspace;
  private final TrainSpec train;
  private final DeviceBuffer tokens;
  private final Arena arena = Arena.ofShared();
  private final MemorySegment host;
  private final int[] inputs;
  private final int[] targets;
  private final int @Nullable [] firstKeys;

  /**
   * Memory for microbatches.
   *
   * @param documents whether attention is told documents apart
   */
  Microbatches(
      Device device, Llama model, Workspace workspace, TrainSpec train, boolean documents) {
    this.device = device;
    this.model = model;
    this.workspace = workspace;
    this.train = train;
    int size = train.microBatch() * train.seqLength();
    this.tokens = device.allocate(bytes(train, documents));
    this.host = arena.allocate(ValueLayout.JAVA_INT, size);
    this.inputs = new int[size];
    this.targets = new int[size];
    this.firstKeys = documents ? new int[size] : null;
  }

  /** Bytes of inputs, targets and first keys on the device. */
  static long bytes(TrainSpec train, boolean documents) {
    return (documents ? 3L : 2L) * train.microBatch() * train.seqLength() * Integer.BYTES;
  }

  /** Hears the summed loss of each sequence, by its place in the global batch. */
  @FunctionalInterface
  interface SequenceListener {
    /** Hears nothing. */
    SequenceListener NONE = (sequence, sum) -> {};

    void loss(int sequence, double sum);
  }

  /** Sequences {@code [first, first + count)} of a step's batch. */
  record Range(TokenSource source, long step, int first, int count) {}

  /**
   * Forward and backward of a range.
   *
   * @param onto what the first microbatch does to main gradients; later ones add
   * @param scale gradient of the total loss with respect to one token's loss
   * @param buckets told of the parameters that each microbatch needs, and in the range's last one
   *     of complete gradients
   * @param each told of each sequence's loss
   * @return sum of the losses in nats
   */
  double train(
      Range range,
      Accumulate onto,
      float scale,
      Llama.BucketListener buckets,
      SequenceListener each) {
    double sum = 0;
    for (int done = 0; done < range.count(); done += train.microBatch()) {
      int sequences = Math.min(train.microBatch(), range.count() - done);
      boolean last = done + sequences == range.count();
      Pass pass = pass(done == 0 ? onto : Accumulate.ADD, sequences);
      load(range, done, sequences);
      Tensor losses =
          model.forwardBackward(
              ids(0, pass), ids(1, pass), scale, pass, last ? buckets : new NotYet(buckets));
      sum += sum(losses);
      tell(range.first() + done, sequences, each);
      workspace.reset();
    }
    return sum;
  }

  /** A microbatch after which others add to the gradients. */
  private record NotYet(Llama.BucketListener buckets) implements Llama.BucketListener {
    @Override
    public void needed(int bucket) {
      buckets.needed(bucket);
    }

    @Override
    public void ready(int bucket) {}
  }

  /** Losses of a range without gradients, summed. */
  double evaluate(Range range) {
    double sum = 0;
    for (int done = 0; done < range.count(); done += train.microBatch()) {
      int sequences = Math.min(train.microBatch(), range.count() - done);
      Pass pass = pass(Accumulate.ASSIGN, sequences);
      load(range, done, sequences);
      sum += sum(model.losses(ids(0, pass), ids(1, pass), pass));
      workspace.reset();
    }
    return sum;
  }

  private Pass pass(Accumulate onto, int sequences) {
    Tensor places = firstKeys == null ? null : column(2, sequences);
    return new Pass(workspace, onto, sequences, train.seqLength(), places);
  }

  private Tensor ids(int index, Pass pass) {
    return column(index, pass.sequences());
  }

  private Tensor column(int index, int sequences) {
    long offset = (long) index * train.microBatch() * train.seqLength() * Integer.BYTES;
    return new Tensor(tokens, offset, DataType.INT32, sequences * train.seqLength(), 1, 1);
  }

  private void load(Range range, int done, int sequences) {
    Pass shape = pass(Accumulate.ASSIGN, sequences);
    range.source().fill(range.step(), range.first() + done, sequences, inputs, targets);
    upload(inputs, ids(0, shape));
    upload(targets, ids(1, shape));
    if (firstKeys != null) {
      range.source().firstKeys(range.step(), range.first() + done, sequences, firstKeys);
      upload(firstKeys, column(2, sequences));
    }
  }

  private void upload(int[] values, Tensor to) {
    int count = to.rows();
    MemorySegment.copy(values, 0, host, ValueLayout.JAVA_INT, 0, count);
    device.write(host.asSlice(0, (long) count * Integer.BYTES), to.view());
  }

  /** Sum in row order, float64. */
  private double sum(Tensor losses) {
    MemorySegment values = host.asSlice(0, losses.elements() * Float.BYTES);
    device.read(losses.view(), values);
    double sum = 0;
    for (long i = 0; i < losses.elements(); i++) {
      sum += values.getAtIndex(ValueLayout.JAVA_FLOAT, i);
    }
    return sum;
  }

  /** Tells of the sequences whose losses {@link #sum} has read. */
  private void tell(int first, int sequences, SequenceListener each) {
    long at = 0;
    for (int sequence = first; sequence < first + sequences; sequence++) {
      double sum = 0;
      for (int i = 0; i < train.seqLength(); i++) {
        sum += host.getAtIndex(ValueLayout.JAVA_FLOAT, at++);
      }
      each.loss(sequence, sum);
    }
  }

  @Override
  public void close() {
    arena.close();
    tokens.close();
  }
}
