package dev.troupe.train;

import dev.troupe.collectives.comm.Communicator;
import dev.troupe.collectives.device.Device;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The losses of a step by the sources of a blend; does nothing where there is none. Sums are kept
 * by shard, so that any data-parallel width gives the same bits.
 */
final class SourceSums implements AutoCloseable {
  private final TrainingData.@Nullable Sources sources;
  private final @Nullable ShardSums sums;
  private final int globalBatch;
  private final int seqLength;

  SourceSums(
      Device device,
      Communicator dp,
      int shards,
      Optional<TrainingData.Sources> blend,
      int globalBatch,
      int seqLength) {
    this.sources = blend.orElse(null);
    this.sums = sources == null ? null : new ShardSums(device, dp, shards * sources.count());
    this.globalBatch = globalBatch;
    this.seqLength = seqLength;
  }

  void clear() {
    if (sums != null) {
      sums.clear();
    }
  }

  /** What takes the losses of a shard's sequences. */
  Microbatches.SequenceListener listener(long step, int shard) {
    if (sources == null || sums == null) {
      return Microbatches.SequenceListener.NONE;
    }
    TrainingData.Sources blend = sources;
    ShardSums into = sums;
    return (sequence, sum) ->
        into.add(shard * blend.count() + blend.of().source(step, sequence), sum);
  }

  /** The mean loss of each source; NaN of one that the step has none of. */
  List<Double> means(long step) {
    if (sources == null || sums == null) {
      return List.of();
    }
    double[] totals = sums.totals(sources.count());
    long[] sequences = new long[totals.length];
    for (int sequence = 0; sequence < globalBatch; sequence++) {
      sequences[sources.of().source(step, sequence)]++;
    }
    List<Double> means = new ArrayList<>();
    for (int i = 0; i < totals.length; i++) {
      means.add(sequences[i] == 0 ? Double.NaN : totals[i] / (sequences[i] * (double) seqLength));
    }
    return means;
  }

  @Override
  public void close() {
    if (sums != null) {
      sums.close();
    }
  }
}
