package dev.troupe.data.order;

import dev.troupe.data.stream.TokenStream;
import dev.troupe.proto.error.TroupeException;
import dev.troupe.proto.spec.DataOrder;
import java.util.Objects;

/**
 * The batches of a run. Sample {@code i} is the {@code seqLength + 1} tokens from {@code i *
 * seqLength} on: the first {@code seqLength} are inputs, the last {@code seqLength} are targets.
 * Sequence {@code j} of step {@code t} (from 1) is the sample with global number {@code (t - 1) *
 * globalBatch + j}. So what a rank reads depends on which sequences it asks for, never on how many
 * ranks there are. Immutable and thread-safe.
 */
public final class Batches implements BatchReader {
  private final TokenStream stream;
  private final SampleOrder order;
  private final int seqLength;
  private final int globalBatch;

  private Batches(TokenStream stream, SampleOrder order, int seqLength, int globalBatch) {
    this.stream = stream;
    this.order = order;
    this.seqLength = seqLength;
    this.globalBatch = globalBatch;
  }

  /**
   * The batches to train on.
   *
   * @param seqLength tokens a sequence
   * @param globalBatch sequences a step
   * @throws TroupeException (data) if the stream is too short for one sample
   */
  public static Batches training(
      TokenStream stream, DataOrder order, long seed, int seqLength, int globalBatch) {
    requirePositive("globalBatch", globalBatch);
    long samples = requireSamples(stream, seqLength);
    return new Batches(stream, new SampleOrder(samples, order, seed), seqLength, globalBatch);
  }

  /**
   * The fixed held-out batch: the first {@code samples} samples in their own order, or as many as
   * there are. It is step 1 of the returned object, {@link #globalBatch()} sequences.
   *
   * @throws TroupeException (data) if the stream is too short for one sample
   */
  public static Batches validation(TokenStream stream, int seqLength, int samples) {
    requirePositive("samples", samples);
    long available = requireSamples(stream, seqLength);
    SampleOrder order = new SampleOrder(available, DataOrder.SEQUENTIAL, 0);
    return new Batches(stream, order, seqLength, (int) Math.min(samples, available));
  }

  /** Samples an epoch: {@code (tokens - 1) / seqLength}. */
  public static long samples(TokenStream stream, int seqLength) {
    requirePositive("seqLength", seqLength);
    return (stream.tokens() - 1) / seqLength;
  }

  /** Samples an epoch. */
  public long samples() {
    return order.samples();
  }

  @Override
  public int globalBatch() {
    return globalBatch;
  }

  @Override
  public void fill(long step, int firstSequence, int sequences, int[] inputs, int[] targets) {
    long global = firstSample(step, firstSequence, sequences, globalBatch);
    for (int row = 0; row < sequences; row++) {
      read(global + row, row * seqLength, inputs, targets);
    }
  }

  @Override
  public void firstKeys(long step, int firstSequence, int sequences, int[] firstKeys) {
    long global = firstSample(step, firstSequence, sequences, globalBatch);
    for (int row = 0; row < sequences; row++) {
      readFirstKeys(global + row, row * seqLength, firstKeys);
    }
  }

  /** The run's number, from 0, of a step's sequence. */
  static long firstSample(long step, int firstSequence, int sequences, int globalBatch) {
    if (step < 1) {
      throw new IllegalArgumentException("step " + step + " must be at least 1");
    }
    Objects.checkFromIndexSize(firstSequence, sequences, globalBatch);
    return (step - 1) * globalBatch + firstSequence;
  }

  /** Reads the sample with a global number, from 0, to {@code at} in both arrays. */
  void read(long global, int at, int[] inputs, int[] targets) {
    long first = order.sample(global) * seqLength;
    stream.read(first, seqLength, inputs, at);
    stream.read(first + 1, seqLength, targets, at);
  }

  /** Reads where the documents of the same sample begin. */
  void readFirstKeys(long global, int at, int[] firstKeys) {
    stream.readDocumentStarts(order.sample(global) * seqLength, seqLength, firstKeys, at);
  }

  private static long requireSamples(TokenStream stream, int seqLength) {
    long samples = samples(stream, seqLength);
    if (samples == 0) {
      throw TroupeException.data(
          ("%s has %d tokens, but one sample takes train.seq-length + 1 = %d; give more text or a"
                  + " smaller train.seq-length")
              .formatted(stream.name(), stream.tokens(), seqLength + 1L));
    }
    return samples;
  }

  private static void requirePositive(String name, int value) {
    if (value < 1) {
      throw new IllegalArgumentException(name + " " + value + " must be at least 1");
    }
  }
}
