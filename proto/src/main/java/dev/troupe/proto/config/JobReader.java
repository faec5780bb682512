package dev.troupe.proto.config;

import dev.troupe.proto.spec.BlendSpec;
import dev.troupe.proto.spec.CheckpointSpec;
import dev.troupe.proto.spec.ClusterSpec;
import dev.troupe.proto.spec.ControlTransport;
import dev.troupe.proto.spec.CudaAttention;
import dev.troupe.proto.spec.CudaSpec;
import dev.troupe.proto.spec.DataOrder;
import dev.troupe.proto.spec.DataSpec;
import dev.troupe.proto.spec.DataTransport;
import dev.troupe.proto.spec.ElasticSpec;
import dev.troupe.proto.spec.IntegritySpec;
import dev.troupe.proto.spec.JobSpec;
import dev.troupe.proto.spec.LogFormat;
import dev.troupe.proto.spec.ModelSpec;
import dev.troupe.proto.spec.NonFinite;
import dev.troupe.proto.spec.ParallelSpec;
import dev.troupe.proto.spec.Precision;
import dev.troupe.proto.spec.ProfileSpec;
import dev.troupe.proto.spec.Recompute;
import dev.troupe.proto.spec.Reduction;
import dev.troupe.proto.spec.RopeScaling;
import dev.troupe.proto.spec.SamplesSpec;
import dev.troupe.proto.spec.Schedule;
import dev.troupe.proto.spec.TrainSpec;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;

/** Makes the records of a job from its values, and fills in what depends on other values. */
final class JobReader {
  private static final int LARGEST_DEFAULT_MICRO_BATCH = 8;

  private static final int LONGEST_DEFAULT_WARMUP = 2_000;

  private final Fields fields;
  private final VocabularySizes vocabularies;

  JobReader(Fields fields, VocabularySizes vocabularies) {
    this.fields = fields;
    this.vocabularies = vocabularies;
  }

  JobSpec read() {
    DataSpec data = data();
    ModelSpec model = model(vocabulary(data));
    boolean onGpu = fields.text("device").equals("cuda");
    ParallelSpec parallel = parallel(onGpu ? Reduction.FAST : Reduction.EXACT);
    @Nullable String givenName = fields.optionalText("run.name");
    String name = givenName == null ? RunName.of(model.preset(), data) : givenName;
    @Nullable String givenDir = fields.optionalText("run.dir");
    String dir = givenDir == null ? "runs/" + name : givenDir;
    return new JobSpec(
        name,
        dir,
        fields.text("device"),
        fields.choice("precision", Precision.class, onGpu ? Precision.BF16 : Precision.FP32),
        fields.longInteger("seed"),
        fields.integer("log.every"),
        fields.choice("log.format", LogFormat.class),
        model,
        parallel,
        train(parallel),
        data,
        checkpoint(dir),
        elastic(),
        new IntegritySpec(
            fields.integer("integrity.every"),
            fields.choice("integrity.non-finite", NonFinite.class)),
        cluster(onGpu ? 1 : 0),
        cuda(),
        new ProfileSpec(fields.integer("profile.first"), fields.integer("profile.steps")),
        fields.optionalText("chaos.plan"),
        samples());
  }

  private ModelSpec model(int vocabulary) {
    return new ModelSpec(
        fields.text("model.preset"),
        fields.integer("model.hidden"),
        fields.integer("model.layers"),
        fields.integer("model.heads"),
        fields.integer("model.kv-heads"),
        fields.integer("model.ffn"),
        vocabulary,
        fields.integer("model.max-seq"),
        fields.number("model.norm-eps"),
        fields.number("model.rope-base"),
        fields.flag("model.tied-head"),
        ropeScaling());
  }

  private @Nullable RopeScaling ropeScaling() {
    double low = fields.number("model.rope-scaling.low-freq-factor");
    double high = fields.number("model.rope-scaling.high-freq-factor");
    int original = fields.integer("model.rope-scaling.original-max-seq");
    return fields.isSet("model.rope-scaling.factor")
        ? new RopeScaling(fields.number("model.rope-scaling.factor"), low, high, original)
        : null;
  }

  private int vocabulary(DataSpec data) {
    int given = fields.integer("model.vocab");
    OptionalInt size = vocabularies.of(data);
    if (size.isEmpty()) {
      if (given == 0) {
        throw fields.wrong("model.vocab", "the size of the tokenizer " + data.tokenizer());
      }
      return given;
    }
    if (given != 0 && given < size.getAsInt()) {
      throw fields.wrong(
          "model.vocab",
          "0 or at least %d, the size of data.tokenizer = %s"
              .formatted(size.getAsInt(), data.tokenizer()));
    }
    return given == 0 ? size.getAsInt() : given;
  }

  private ParallelSpec parallel(Reduction whereUnset) {
    if (fields.integer("parallel.zero") != 1) {
      throw fields.wrong("parallel.zero", "1, the only stage there is");
    }
    int dp = fields.integer("parallel.dp");
    return new ParallelSpec(
        fields.integer("parallel.tp"),
        dp,
        fields.flag("parallel.sequence"),
        fields.integer("parallel.virtual-shards", dp),
        fields.choice("parallel.reduction", Reduction.class, whereUnset));
  }

  private TrainSpec train(ParallelSpec parallel) {
    int steps = fields.integer("train.steps");
    int globalBatch = fields.integer("train.global-batch");
    double lr = fields.number("train.lr");
    return new TrainSpec(
        steps,
        globalBatch,
        fields.integer("train.micro-batch", microBatch(globalBatch / parallel.virtualShards())),
        fields.integer("train.seq-length"),
        lr,
        fields.number("train.min-lr", lr / 10),
        fields.integer("train.warmup", Math.min(steps / 10, LONGEST_DEFAULT_WARMUP)),
        fields.number("train.decay-fraction"),
        fields.number("train.weight-decay"),
        fields.number("train.clip"),
        fields.number("train.beta1"),
        fields.number("train.beta2"),
        fields.number("train.adam-eps"),
        fields.number("train.init-std"),
        fields.choice("train.schedule", Schedule.class),
        fields.choice("train.recompute", Recompute.class));
  }

  /** The largest divisor of a shard's sequences that is a micro-batch of ordinary size. */
  private static int microBatch(int perShard) {
    int size = Math.clamp(perShard, 1, LARGEST_DEFAULT_MICRO_BATCH);
    while (perShard % size != 0) {
      size--;
    }
    return size;
  }

  private DataSpec data() {
    @Nullable String path = fields.optionalText("data.path");
    @Nullable String source = fields.optionalText("data.source");
    BlendSpec blend = new BlendReader(fields).read();
    if (source == null) {
      source = path == null && blend.isEmpty() ? DataSpec.BIOS : DataSpec.FILES;
    }
    return new DataSpec(
        source,
        path,
        fields.text("data.cache"),
        fields.text("data.tokenizer"),
        fields.choice("data.order", DataOrder.class),
        new DataSpec.Bios(
            fields.integer("data.bios.people"), fields.integer("data.bios.biographies")),
        new ValidationReader(fields).read(),
        fields.optionalText("data.bos"),
        fields.optionalText("data.eos"),
        blend,
        fields.flag("data.document-mask"));
  }

  private CheckpointSpec checkpoint(String runDir) {
    @Nullable String dir = fields.optionalText("checkpoint.dir");
    return new CheckpointSpec(
        fields.integer("checkpoint.every"),
        fields.integer("checkpoint.keep"),
        dir == null ? runDir + "/checkpoints" : dir,
        fields.optionalText("checkpoint.local"),
        fields.optionalText("checkpoint.from"));
  }

  private ElasticSpec elastic() {
    return new ElasticSpec(
        fields.integer("elastic.min-nodes"),
        fields.integer("elastic.max-nodes"),
        fields.integer("elastic.spares"),
        fields.flag("elastic.copies"),
        fields.integer("elastic.restarts"),
        fields.number("elastic.node-timeout"),
        fields.integer("elastic.step-timeout"));
  }

  private ClusterSpec cluster(int devicesPerProcess) {
    return new ClusterSpec(
        fields.choice("cluster.transport", ControlTransport.class),
        fields.text("cluster.host"),
        fields.integer("cluster.port"),
        fields.optionalText("cluster.secret-file"),
        new ClusterSpec.Tls(
            fields.optionalText("cluster.tls.key-file"),
            fields.optionalText("cluster.tls.cert-file"),
            fields.optionalText("cluster.tls.ca-file")),
        fields.choice("cluster.data-transport", DataTransport.class),
        fields.flag("cluster.shared-memory"),
        fields.integer("worker.devices-per-process", devicesPerProcess),
        fields.integer("cluster.control-nodes"),
        new ClusterSpec.Api(
            fields.text("api.host"),
            fields.integer("api.port"),
            fields.optionalText("api.token-file")));
  }

  private SamplesSpec samples() {
    return new SamplesSpec(
        fields.texts("samples.prompts"),
        fields.integer("samples.every"),
        fields.integer("samples.max-tokens"),
        fields.number("samples.temperature"),
        fields.longInteger("samples.seed"));
  }

  private CudaSpec cuda() {
    return new CudaSpec(
        fields.optionalText("cuda.libraries"),
        fields.flag("cuda.share-gpu"),
        fields.choice("cuda.attention", CudaAttention.class),
        fields.flag("cuda.tune"),
        fields.text("cuda.tune-cache"),
        fields.integer("cuda.collective-timeout"));
  }
}
