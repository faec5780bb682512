package dev.troupe.train;

import dev.troupe.checkpoint.Storage;
import dev.troupe.collectives.comm.Pending;
import dev.troupe.collectives.mesh.DeviceMesh;
import dev.troupe.optim.GradientReducer;
import dev.troupe.optim.LearningRate;
import dev.troupe.optim.OptimizerState;
import dev.troupe.proto.spec.TrainSpec;
import dev.troupe.trace.Tracer;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The training step of one rank: forward and backward of its shards, reduction, norm; then, when
 * committed, AdamW.
 */
final class RankTrainer implements Trainer {
  private static final Logger LOG = LoggerFactory.getLogger(RankTrainer.class);

  private final RankParts parts;
  private final GradientReducer reducer;
  private final GradientPass gradients;
  private final Tracer tracer;
  private final LearningRate schedule;
  private final TrainSpec train;
  private final Storage storage;
  private final ShardSums shardLosses;
  private final SourceSums sourceLosses;
  private final TrainingData data;
  private final @Nullable ReplicaCheck replicas;
  private long step;
  private @Nullable Prepared prepared;

  /** Whether the state is that of {@link #step}: not while AdamW changes it. */
  private boolean whole = true;

  RankTrainer(RankParts parts, Storage storage, TrainingData data, long step) {
    this.parts = parts;
    this.storage = storage;
    this.data = data;
    this.step = step;
    this.tracer = parts.tracer();
    this.train = parts.assignment().job().train();
    this.schedule = new LearningRate(train);
    this.reducer = new GradientReducer(parts.flat(), parts.dp(), parts.accumulator());
    int groups =
        Stream.concat(data.validation().stream(), data.sets().stream())
            .mapToInt(this::groups)
            .max()
            .orElse(0);
    int shards = parts.assignment().job().parallel().virtualShards();
    this.shardLosses = new ShardSums(parts.device(), parts.dp(), Math.max(shards, groups));
    this.sourceLosses =
        new SourceSums(
            parts.device(),
            parts.dp(),
            shards,
            data.sources(),
            train.globalBatch(),
            train.seqLength());
    this.gradients = new GradientPass(parts, data.train(), reducer, shardLosses, sourceLosses);
    this.replicas = parts.replicas();
  }

  @Override
  public long step() {
    return step;
  }

  @Override
  public Prepared prepare() {
    long begin = System.nanoTime();
    long waited = parts.waiting().nanos();
    prepared = null; // what it stands on is about to be overwritten
    long next = step + 1;
    long tokens = (long) train.globalBatch() * train.seqLength();
    shardLosses.clear();
    sourceLosses.clear();
    sealIfChecked(next);
    tracer.stepBegins();
    gradients.run(next, (float) (1.0 / tokens));
    tracer.phase("gradient norm");
    reducer.await();
    Pending sent = parts.adam().exchange(reducer);
    double loss = shardLosses.total() / tokens;
    List<Double> bySource = sourceLosses.means(next);
    sent.await();
    double norm = parts.norm().of(reducer); // read by the host, so all before it has come, too
    List<Integer> suspects = suspects(next);
    tracer.endPhase();
    parts.checkCommunicators();
    long busy = System.nanoTime() - begin - (parts.waiting().nanos() - waited);
    Prepared result =
        new Prepared(next, loss, norm, schedule.at(next), tokens, suspects, busy / 1e9, bySource);
    prepared = result;
    return result;
  }

  @Override
  public void commit() {
    Prepared now = prepared;
    if (now == null) {
      throw new IllegalStateException("commit without prepare at step " + step);
    }
    tracer.phase("AdamW");
    apply(now);
    sealIfChecked(step + 1);
    parts.adam().gather();
    tracer.stepEnds();
  }

  /** Without the other ranks; whatever fails afterwards, the state is that of the next step. */
  private void apply(Prepared now) {
    double scale = train.clip() > 0 ? Math.min(1, train.clip() / (now.gradNorm() + 1e-6)) : 1;
    whole = false;
    if (replicas != null) {
      replicas.unseal();
    }
    parts.adam().update(reducer, now.step(), now.lr(), scale);
    step = now.step();
    prepared = null;
    whole = true;
  }

  private void sealIfChecked(long next) {
    if (replicas != null && replicas.due(next) && !replicas.sealed()) {
      replicas.seal();
    }
  }

  /** Ranks of the mesh whose state is not that of their replicas, where it is time to compare. */
  private List<Integer> suspects(long next) {
    if (replicas == null || !replicas.due(next)) {
      return List.of();
    }
    Assignment mine = parts.assignment();
    List<Integer> group = mine.mesh().dataGroup(mine.rank()).ranks();
    return replicas.suspects().stream().map(group::get).toList();
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
  public void keep(long committed, boolean here) {
    parts.assignment().vault().retainOnly(committed);
    try {
      Prepared now = prepared;
      if (now != null && now.suspects().contains(parts.assignment().rank())) {
        return; // nobody may have said so before the coordinator was lost
      }
      if (whole && replicas != null && !replicas.unchanged()) {
        LOG.warn("memory of the state of step {} changed by itself and is not kept", step);
        return;
      }
      if (here && whole && now != null && now.step() == committed && now.suspects().isEmpty()) {
        if (now.finite()) {
          apply(now);
        } else {
          step = committed; // such a step only counts
        }
      }
      if (whole && step == committed) {
        parts.adam().states().forEach(this::hold);
      }
    } catch (RuntimeException | OutOfMemoryError e) {
      LOG.warn("the state of step {} cannot be kept", committed, e);
    }
  }

  private void hold(OptimizerState state) {
    Assignment mine = parts.assignment();
    DeviceMesh mesh = mine.mesh();
    int tpIndex = mesh.coordinate(mine.rank()).tp();
    mine.vault()
        .put(
            new HeldKey(mine.epoch(), step, mesh.dp(), state.dpIndex(), tpIndex),
            HeldState.copyOf(parts.device(), state, parts.flat().buckets().size()));
  }

  @Override
  public void damage(Damage damage) {
    awaitParameters();
    switch (damage) {
      case Damage.ParameterBit bit -> parts.saboteur().flip(bit);
      case Damage.MomentBit bit -> parts.saboteur().flip(bit);
      case Damage.NonFiniteGradient none -> gradients.spoil();
    }
  }

  private void awaitParameters() {
    for (int b = 0; b < parts.flat().buckets().size(); b++) {
      parts.adam().await(b);
    }
  }

  @Override
  public HeldOutLosses validate() {
    TrainingData.HeldOut own =
        data.validation().orElseThrow(() -> new IllegalStateException("no held-out data"));
    awaitParameters();
    HeldOutLosses losses =
        new HeldOutLosses(meanLoss(own), data.sets().stream().map(this::meanLoss).toList());
    parts.checkCommunicators();
    return losses;
  }

  /** By microbatches, each computed by one replica and summed in their order. */
  private double meanLoss(TrainingData.HeldOut held) {
    shardLosses.clear();
    int size = train.microBatch();
    int groups = groups(held);
    for (int g = parts.dp().rank(); g < groups; g += parts.dp().size()) {
      int count = Math.min(size, held.sequences() - g * size);
      shardLosses.set(
          g,
          parts.microbatches().evaluate(new Microbatches.Range(held.source(), 1, g * size, count)));
    }
    return shardLosses.total() / ((double) held.sequences() * train.seqLength());
  }

  /** Each replica continues its share of the prompts. */
  @Override
  public SortedMap<Integer, String> sample() {
    SamplePrompts prompts =
        data.prompts().orElseThrow(() -> new IllegalStateException("no prompts"));
    TextSampler sampler = parts.sampler();
    if (sampler == null) {
      throw new IllegalStateException("no memory is planned for texts");
    }
    awaitParameters();
    SortedMap<Integer, String> texts = new TreeMap<>();
    for (int i = parts.dp().rank(); i < prompts.count(); i += parts.dp().size()) {
      texts.put(i, sampler.text(prompts, i));
    }
    parts.checkCommunicators();
    return parts.tp().rank() == 0 ? texts : new TreeMap<>();
  }

  private int groups(TrainingData.HeldOut held) {
    return (held.sequences() + train.microBatch() - 1) / train.microBatch();
  }

  @Override
  public Snapshot snapshot() {
    RankSnapshot copy =
        new RankSnapshot(
            step,
            parts.assignment().rank(),
            storage,
            parts.assignment().localShards(storage),
            new RankState(parts.device(), parts.adam().own()));
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
    sourceLosses.close();
    parts.close();
  }
}
