package dev.troupe.train;

import dev.troupe.collectives.comm.Communicator;
import dev.troupe.collectives.comm.ReduceOp;
import dev.troupe.kernels.Accumulate;
import dev.troupe.layer.ParameterSpec.GradientSync;
import dev.troupe.model.Llama;
import dev.troupe.optim.FlatParameters;
import dev.troupe.optim.GradientReducer;
import dev.troupe.proto.spec.ParallelSpec;
import dev.troupe.proto.spec.Reduction;
import dev.troupe.proto.spec.TrainSpec;
import dev.troupe.trace.Tracer;
import java.util.function.IntConsumer;

/** Forward and backward of a rank's shards of a step, and the reduction of the gradients. */
final class GradientPass {
  private final RankParts parts;
  private final TokenSource source;
  private final GradientReducer reducer;
  private final ShardSums losses;
  private final SourceSums sources;
  private final TrainSpec train;
  private final ParallelSpec parallel;
  private final Tracer tracer;
  private boolean spoilt;

  /**
   * A rank's passes.
   *
   * @param losses takes the loss sum of each shard that the rank computes
   * @param sources takes those of the sources in each
   */
  GradientPass(
      RankParts parts,
      TokenSource source,
      GradientReducer reducer,
      ShardSums losses,
      SourceSums sources) {
    this.parts = parts;
    this.source = source;
    this.reducer = reducer;
    this.losses = losses;
    this.sources = sources;
    this.train = parts.assignment().job().train();
    this.parallel = parts.assignment().job().parallel();
    this.tracer = parts.tracer();
  }

  /** The next gradient that is reduced will not be finite; for the injection of faults. */
  void spoil() {
    spoilt = true;
  }

  /** Computes step {@code step}; its reductions may still be under way. */
  void run(long step, float scale) {
    if (parallel.reduction() == Reduction.EXACT) {
      exact(step, scale);
    } else {
      fast(step, scale);
    }
  }

  /** Passes of one shard a rank; shards are dealt with a stride, so sums visit them in order. */
  private void exact(long step, float scale) {
    int dp = parts.dp().size();
    int shards = parallel.virtualShards();
    for (int first = 0; first < shards; first += dp) {
      boolean firstPass = first == 0;
      reducer.await(); // the gradients are about to be written again
      int contributors = Math.min(dp, shards - first);
      int shard = first + parts.dp().rank();
      if (shard < shards) {
        double loss =
            parts
                .microbatches()
                .train(
                    shard(step, shard),
                    Accumulate.ASSIGN,
                    scale,
                    buckets(bucket -> complete(bucket, firstPass, contributors)),
                    sources.listener(step, shard));
        losses.set(shard, loss);
      } else {
        parts.model().bucketOrder().forEach(b -> complete(b, firstPass, contributors));
      }
    }
  }

  /** All of a rank's shards accumulate locally; one reduction at the end. */
  private void fast(long step, float scale) {
    int dp = parts.dp().size();
    int shards = parallel.virtualShards();
    Accumulate onto = Accumulate.ASSIGN;
    for (int shard = parts.dp().rank(); shard < shards; shard += dp) {
      boolean last = shard + dp >= shards;
      double loss =
          parts
              .microbatches()
              .train(
                  shard(step, shard),
                  onto,
                  scale,
                  buckets(
                      bucket -> {
                        if (last) {
                          complete(bucket, true, dp);
                        }
                      }),
                  sources.listener(step, shard));
      losses.set(shard, loss);
      onto = Accumulate.ADD;
    }
  }

  /** Parameters are awaited when they are needed: they may still be on their way. */
  private Llama.BucketListener buckets(IntConsumer ready) {
    return new Llama.BucketListener() {
      @Override
      public void needed(int bucket) {
        if (bucket == 0) {
          tracer.phase("forward");
        } else if (bucket == parts.flat().buckets().size() - 1) {
          tracer.phase("loss and backward");
        }
        parts.adam().await(bucket);
      }

      @Override
      public void ready(int bucket) {
        ready.accept(bucket);
      }
    };
  }

  private Microbatches.Range shard(long step, int shard) {
    int size = train.globalBatch() / parallel.virtualShards();
    return new Microbatches.Range(source, step, shard * size, size);
  }

  private void complete(int bucket, boolean firstPass, int contributors) {
    if (spoilt) {
      spoilt = false;
      parts.saboteur().spoilGradient(bucket);
    }
    for (FlatParameters.Placed placed : parts.flat().buckets().get(bucket).parameters()) {
      GradientSync sync = placed.parameter().spec().sync();
      if (sync != GradientSync.NONE) {
        Communicator group = sync == GradientSync.TENSOR ? parts.tp() : parts.keyValue();
        group.allReduce(placed.parameter().grad().view(), ReduceOp.SUM).await();
      }
    }
    reducer.reduce(bucket, firstPass, contributors);
  }
}
