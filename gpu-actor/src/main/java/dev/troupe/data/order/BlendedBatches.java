package dev.troupe.data.order;

import dev.troupe.data.random.SplitMix64;
import dev.troupe.data.stream.BlendPart;
import dev.troupe.proto.error.TroupeException;
import dev.troupe.proto.spec.DataOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * The batches of several sources. Which source sample {@code g} of the run comes from is {@link
 * BlendOrder}'s; the sources' own samples follow each other as in {@link Batches}, each with its
 * own shuffle. So a batch depends on the step alone, here too. Immutable and thread-safe.
 */
public final class BlendedBatches implements BatchReader {
  private final List<BlendPart> parts;
  private final List<Batches> sources;
  private final BlendOrder order;
  private final int seqLength;
  private final int globalBatch;

  private BlendedBatches(
      List<BlendPart> parts,
      List<Batches> sources,
      BlendOrder order,
      int seqLength,
      int globalBatch) {
    this.parts = parts;
    this.sources = sources;
    this.order = order;
    this.seqLength = seqLength;
    this.globalBatch = globalBatch;
  }

  /**
   * The batches to train on.
   *
   * @param seqLength tokens a sequence
   * @param globalBatch sequences a step
   * @throws TroupeException (data) if a source is too short for one sample
   */
  public static BlendedBatches training(
      List<BlendPart> parts, DataOrder order, long seed, int seqLength, int globalBatch) {
    List<Batches> sources = new ArrayList<>();
    for (BlendPart part : parts) {
      long key = SplitMix64.key(seed, part.name().hashCode());
      sources.add(Batches.training(part.stream(), order, key, seqLength, 1));
    }
    return new BlendedBatches(parts, sources, order(parts), seqLength, globalBatch);
  }

  /**
   * The fixed held-out batch: the first samples of each source in their own order, as many as makes
   * {@code samples} in all, or fewer where a source has not so many. It is step 1.
   *
   * @throws TroupeException (data) if a source is too short for one sample
   */
  public static BlendedBatches validation(List<BlendPart> parts, int seqLength, int samples) {
    List<Batches> sources = new ArrayList<>();
    for (BlendPart part : parts) {
      sources.add(Batches.training(part.stream(), DataOrder.SEQUENTIAL, 0, seqLength, 1));
    }
    BlendOrder order = order(parts);
    int most = 0;
    while (most < samples && order.index(most) < sources.get(order.source(most)).samples()) {
      most++;
    }
    return new BlendedBatches(parts, sources, order, seqLength, most);
  }

  private static BlendOrder order(List<BlendPart> parts) {
    return BlendOrder.of(parts.stream().mapToDouble(BlendPart::weight).toArray());
  }

  @Override
  public int globalBatch() {
    return globalBatch;
  }

  /** The source of a sequence of a step's batch: its place in the blend. */
  public int source(long step, int sequence) {
    return order.source((step - 1) * globalBatch + sequence);
  }

  /**
   * Refuses a run that would read a source more often than it may be.
   *
   * @throws TroupeException (usage) naming the source and the remedy
   */
  public void requireEpochs(long steps) {
    for (int i = 0; i < parts.size(); i++) {
      BlendPart part = parts.get(i);
      double epochs = order.count(i, steps * globalBatch) / (double) sources.get(i).samples();
      if (part.epochs() > 0 && epochs > part.epochs()) {
        throw TroupeException.usage(
            String.format(
                Locale.ROOT,
                "data.blend: %d steps read source %s %.3f times, but its epochs is %s; give it more"
                    + " text, a smaller weight or more epochs, or lower train.steps",
                steps,
                part.name(),
                epochs,
                part.epochs()));
      }
    }
  }

  @Override
  public void fill(long step, int firstSequence, int sequences, int[] inputs, int[] targets) {
    long sample = Batches.firstSample(step, firstSequence, sequences, globalBatch);
    for (int at = 0; at < sequences * seqLength; at += seqLength, sample++) {
      sources.get(order.source(sample)).read(order.index(sample), at, inputs, targets);
    }
  }

  @Override
  public void firstKeys(long step, int firstSequence, int sequences, int[] firstKeys) {
    long sample = Batches.firstSample(step, firstSequence, sequences, globalBatch);
    for (int at = 0; at < sequences * seqLength; at += seqLength, sample++) {
      sources.get(order.source(sample)).readFirstKeys(order.index(sample), at, firstKeys);
    }
  }
}
