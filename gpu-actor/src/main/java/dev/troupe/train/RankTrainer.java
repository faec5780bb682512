package dev.troupe.train;

import dev.troupe.checkpoint.Storage;
import dev.troupe.collectives.comm.Communicator;
import dev.troupe.collectives.comm.ReduceOp;
import dev.troupe.collectives.device.BufferView;
import dev.troupe.collectives.device.DataType;
import dev.troupe.collectives.device.DeviceBuffer;
import dev.troupe.kernels.Accumulate;
import dev.troupe.layer.ParameterSpec.GradientSync;
import dev.troupe.model.Llama;
import dev.troupe.optim.FlatParameters;
import dev.troupe.optim.GradientReducer;
import dev.troupe.optim.LearningRate;
import dev.troupe.proto.spec.ParallelSpec;
import dev.troupe.proto.spec.Reduction;
import dev.troupe.proto.spec.TrainSpec;
import dev.troupe.trace.Tracer;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.List;
import java.util.function.IntConsumer;
import org.jspecify.annotations.Nullable;

/**
 * The training step of one rank: forward and backward of its shards, reduction, norm; then, when
 * committed, AdamW.
 */
final class RankTrainer implements Trainer {
  private final RankParts parts;
  private final GradientReducer reducer;
  private final Tracer tracer;
  private final LearningRate schedule;
  private final TrainSpec train;
  private final ParallelSpec parallel;
  private final Storage storage;
  private final ShardSums shardLosses;
  private final TrainingData data;
  private long step;
  private @Nullable Prepared prepared;

  RankTrainer(RankParts parts, Storage storage, TrainingData data, long step) {
    this.parts = parts;
    this.storage = storage;
    this.data = data;
    this.step = step;
    this.tracer = parts.tracer();
    this.train = parts.assignment().job().train();
    this.parallel = parts.assignment().job().parallel();
    this.schedule = new LearningRate(train);
    this.reducer = new GradientReducer(parts.flat(), parts.dp(), parts.accumulator());
    int groups = data.validation().map(this::groups).orElse(0);
    this.shardLosses = new ShardSums(parts, Math.max(parallel.virtualShards(), groups));
  }

  @Override
  public long step() {
    return step;
  }

  @Override
  public Prepared prepare() {
    long next = step + 1;
    long tokens = (long) train.globalBatch() * train.seqLength();
    float scale = (float) (1.0 / tokens);
    shardLosses.clear();
    tracer.stepBegins();
    if (parallel.reduction() == Reduction.EXACT) {
      exact(next, scale);
    } else {
      fast(next, scale);
    }
    tracer.phase("gradient norm");
    reducer.await();
    double loss = shardLosses.total() / tokens;
    double norm = parts.norm().of(reducer);
    tracer.endPhase();
    parts.checkCommunicators();
    Prepared result = new Prepared(next, loss, norm, schedule.at(next), tokens, List.of(), 0);
    prepared = result;
    return result;
  }

  /** Passes of one shard a rank; shards are dealt with a stride, so sums visit them in order. */
  private void exact(long next, float scale) {
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
                    shard(next, shard),
                    Accumulate.ASSIGN,
                    scale,
                    buckets(bucket -> complete(bucket, firstPass, contributors)));
        shardLosses.set(shard, loss);
      } else {
        parts.model().bucketOrder().forEach(b -> complete(b, firstPass, contributors));
      }
    }
  }

  /** All of a rank's shards accumulate locally; one reduction at the end. */
  private void fast(long next, float scale) {
    int dp = parts.dp().size();
    int shards = parallel.virtualShards();
    Accumulate onto = Accumulate.ASSIGN;
    for (int shard = parts.dp().rank(); shard < shards; shard += dp) {
      boolean last = shard + dp >= shards;
      double loss =
          parts
              .microbatches()
              .train(
                  shard(next, shard),
                  onto,
                  scale,
                  buckets(
                      bucket -> {
                        if (last) {
                          complete(bucket, true, dp);
                        }
                      }));
      shardLosses.set(shard, loss);
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

  private Microbatches.Range shard(long next, int shard) {
    int size = train.globalBatch() / parallel.virtualShards();
    return new Microbatches.Range(data.train(), next, shard * size, size);
  }

  private void complete(int bucket, boolean firstPass, int contributors) {
    for (FlatParameters.Placed placed : parts.flat().buckets().get(bucket).parameters()) {
      GradientSync sync = placed.parameter().spec().sync();
      if (sync != GradientSync.NONE) {
        Communicator group = sync == GradientSync.TENSOR ? parts.tp() : parts.keyValue();
        group.allReduce(placed.parameter().grad().view(), ReduceOp.SUM).await();
      }
    }
    reducer.reduce(bucket, firstPass, contributors);
  }

  @Override
  public void commit() {
    Prepared now = prepared;
    if (now == null) {
      throw new IllegalStateException("commit without prepare at step " + step);
    }
    double scale = train.clip() > 0 ? Math.min(1, train.clip() / (now.gradNorm() + 1e-6)) : 1;
    tracer.phase("AdamW");
    parts.adam().step(reducer, now.step(), now.lr(), scale);
    tracer.stepEnds();
    step = now.step();
    prepared = null;
  }

  @Override
  public void skip() {
    Prepared now = prepared;
    if (now == null) {
      throw new IllegalStateException("skip without prepare at step " + step);
    }
    tracer.stepEnds();
    step = now.step();
    prepared = null;
  }

  @Override
  public void keep(long committed) {}

  @Override
  public double validate() {
    TrainingData.HeldOut held =
        data.validation().orElseThrow(() -> new IllegalStateException("no held-out data"));
    shardLosses.clear();
    for (int b = 0; b < parts.flat().buckets().size(); b++) {
      parts.adam().await(b);
    }
    int size = train.microBatch();
    int groups = groups(held);
    for (int g = parts.dp().rank(); g < groups; g += parts.dp().size()) {
      int count = Math.min(size, held.sequences() - g * size);
      shardLosses.set(
          g,
          parts.microbatches().evaluate(new Microbatches.Range(held.source(), 1, g * size, count)));
    }
    double loss = shardLosses.total() / ((double) held.sequences() * train.seqLength());
    parts.checkCommunicators();
    return loss;
  }

  private int groups(TrainingData.HeldOut held) {
    return (held.sequences() + train.microBatch() - 1) / train.microBatch();
  }

  @Override
  public Snapshot snapshot() {
    RankSnapshot copy =
        new RankSnapshot(
            step, parts.assignment().rank(), storage, new RankState(parts.device(), parts.adam()));
    try {
      parts.checkCommunicators();
    } catch (RuntimeException e) {
      copy.close();
      throw e;
    }
    return copy;
  }

  @Override
  public long memoryBytes() {
    return parts.memoryBytes();
  }

  @Override
  public void close() {
    shardLosses.close();
    parts.close();
  }

  /** A float64 a shard, filled by whichever rank computed it and summed in shard order. */
  private static final class ShardSums implements AutoCloseable {
    private final RankParts parts;
    private final DeviceBuffer buffer;
    private final Arena arena = Arena.ofShared();
    private final MemorySegment host;
    private final int count;

    ShardSums(RankParts parts, int count) {
      this.parts = parts;
      this.count = count;
      buffer = parts.device().allocate((long) count * Double.BYTES);
      host = arena.allocate(ValueLayout.JAVA_DOUBLE, count);
    }

    void clear() {
      host.fill((byte) 0);
    }

    void set(int shard, double value) {
      host.setAtIndex(ValueLayout.JAVA_DOUBLE, shard, value);
    }

    /** Every shard has one contributor, so the all-reduce adds zeros and is exact. */
    double total() {
      BufferView view = new BufferView(buffer, 0, count, DataType.FLOAT64);
      parts.device().write(host, view);
      parts.dp().allReduce(view, ReduceOp.SUM).await();
      parts.device().read(view, host);
      double total = 0;
      for (int i = 0; i < count; i++) {
        total += host.getAtIndex(ValueLayout.JAVA_DOUBLE, i);
      }
      return total;
    }

    @Override
    public void close() {
      arena.close();
      buffer.close();
    }
  }
}
