package dev.troupe.proto.config;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import com.typesafe.config.ConfigRenderOptions;
import com.typesafe.config.ConfigValueFactory;
import dev.troupe.proto.spec.BlendSpec;
import dev.troupe.proto.spec.CheckpointSpec;
import dev.troupe.proto.spec.ClusterSpec;
import dev.troupe.proto.spec.CudaSpec;
import dev.troupe.proto.spec.DataSpec;
import dev.troupe.proto.spec.ElasticSpec;
import dev.troupe.proto.spec.JobSpec;
import dev.troupe.proto.spec.ModelSpec;
import dev.troupe.proto.spec.ParallelSpec;
import dev.troupe.proto.spec.RopeScaling;
import dev.troupe.proto.spec.SamplesSpec;
import dev.troupe.proto.spec.TrainSpec;
import dev.troupe.proto.spec.ValidationSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Writes a job as a complete job file: every key, nothing left to defaults. */
final class JobWriter {
  private static final ConfigRenderOptions PLAIN =
      ConfigRenderOptions.defaults().setJson(false).setOriginComments(false).setComments(false);

  private final Map<String, @Nullable Object> values = new HashMap<>();

  static String write(JobSpec job) {
    return ConfigFactory.parseMap(of(job).values).root().render(PLAIN);
  }

  /** What is set, by key: numbers, truths and texts; lists as text. */
  static SortedMap<String, Object> settings(JobSpec job) {
    SortedMap<String, Object> settings = new TreeMap<>();
    of(job)
        .values
        .forEach(
            (key, value) -> {
              if (value != null) {
                settings.put(key, value instanceof List<?> list ? text(list) : value);
              }
            });
    return settings;
  }

  private static String text(List<?> list) {
    return ConfigValueFactory.fromAnyRef(list).render(ConfigRenderOptions.concise());
  }

  private static JobWriter of(JobSpec job) {
    JobWriter writer = new JobWriter();
    writer.job(job);
    writer.model(job.model());
    writer.parallel(job.parallel());
    writer.train(job.train());
    writer.data(job.data());
    writer.checkpoint(job.checkpoint());
    writer.cluster(job.cluster());
    writer.cuda(job.cuda());
    writer.elastic(job.elastic());
    writer.values.put("integrity.every", job.integrity().every());
    writer.put("integrity.non-finite", job.integrity().nonFinite());
    writer.values.put("chaos.plan", job.chaosPlan());
    writer.values.put("profile.first", job.profile().first());
    writer.values.put("profile.steps", job.profile().steps());
    writer.samples(job.samples());
    return writer;
  }

  /** The settings of a checkpoint's model and of its tokenizer, or of one of them. */
  static Config known(CheckpointModels.Known known, boolean model, boolean tokenizer) {
    JobWriter writer = new JobWriter();
    if (model) {
      writer.model(known.model());
    }
    if (tokenizer) {
      writer.values.put("data.tokenizer", known.tokenizer());
      writer.values.put("data.bos", known.bos());
      writer.values.put("data.eos", known.eos());
    }
    return ConfigFactory.parseMap(writer.values, Location.CHECKPOINT);
  }

  private void job(JobSpec job) {
    values.put("run.name", job.runName());
    values.put("run.dir", job.runDir());
    values.put("device", job.device());
    put("precision", job.precision());
    values.put("seed", job.seed());
    values.put("log.every", job.logEvery());
    put("log.format", job.logFormat());
  }

  private void model(ModelSpec model) {
    values.put("model.preset", model.preset());
    values.put("model.hidden", model.hidden());
    values.put("model.layers", model.layers());
    values.put("model.heads", model.heads());
    values.put("model.kv-heads", model.kvHeads());
    values.put("model.ffn", model.ffn());
    values.put("model.vocab", model.vocab());
    values.put("model.max-seq", model.maxSeq());
    values.put("model.norm-eps", model.normEps());
    values.put("model.rope-base", model.ropeBase());
    values.put("model.tied-head", model.tiedHead());
    RopeScaling given = model.ropeScaling();
    RopeScaling written = given == null ? RopeScaling.llama31() : given;
    values.put("model.rope-scaling.factor", given == null ? null : given.factor());
    values.put("model.rope-scaling.low-freq-factor", written.lowFreqFactor());
    values.put("model.rope-scaling.high-freq-factor", written.highFreqFactor());
    values.put("model.rope-scaling.original-max-seq", written.originalMaxSeq());
  }

  private void parallel(ParallelSpec parallel) {
    values.put("parallel.tp", parallel.tp());
    values.put("parallel.dp", parallel.dp());
    values.put("parallel.sequence", parallel.sequence());
    values.put("parallel.virtual-shards", parallel.virtualShards());
    put("parallel.reduction", parallel.reduction());
    values.put("parallel.zero", 1);
  }

  private void train(TrainSpec train) {
    values.put("train.steps", train.steps());
    values.put("train.global-batch", train.globalBatch());
    values.put("train.micro-batch", train.microBatch());
    values.put("train.seq-length", train.seqLength());
    values.put("train.lr", train.lr());
    values.put("train.min-lr", train.minLr());
    values.put("train.warmup", train.warmup());
    values.put("train.decay-fraction", train.decayFraction());
    values.put("train.weight-decay", train.weightDecay());
    values.put("train.clip", train.clip());
    values.put("train.beta1", train.beta1());
    values.put("train.beta2", train.beta2());
    values.put("train.adam-eps", train.adamEps());
    values.put("train.init-std", train.initStd());
    put("train.schedule", train.schedule());
    put("train.recompute", train.recompute());
  }

  private void data(DataSpec data) {
    values.put("data.source", data.source());
    values.put("data.path", data.path());
    values.put("data.cache", data.cache());
    values.put("data.tokenizer", data.tokenizer());
    put("data.order", data.order());
    values.put("data.bios.people", data.bios().people());
    values.put("data.bios.biographies", data.bios().biographies());
    values.put("data.validation.path", data.validation().path());
    values.put("data.validation.fraction", data.validation().fraction());
    values.put("data.validation.every", data.validation().every());
    values.put("data.validation.samples", data.validation().samples());
    values.put(
        "data.validation.sets", data.validation().sets().stream().map(JobWriter::set).toList());
    values.put("data.bos", data.bos());
    values.put("data.eos", data.eos());
    values.put("data.blend", data.blend().sources().stream().map(JobWriter::source).toList());
    values.put("data.source-tag", data.blend().sourceTag());
    values.put("data.document-mask", data.documentMask());
  }

  private void samples(SamplesSpec samples) {
    values.put("samples.prompts", samples.prompts());
    values.put("samples.every", samples.every());
    values.put("samples.max-tokens", samples.maxTokens());
    values.put("samples.temperature", samples.temperature());
    values.put("samples.seed", samples.seed());
  }

  private static Map<String, Object> source(BlendSpec.Source source) {
    return Map.of(
        "path", source.path(),
        "weight", source.weight(),
        "name", source.name(),
        "epochs", source.epochs());
  }

  private static Map<String, Object> set(ValidationSet set) {
    return Map.of("name", set.name(), "path", set.path(), "samples", set.samples());
  }

  private void elastic(ElasticSpec elastic) {
    values.put("elastic.min-nodes", elastic.minNodes());
    values.put("elastic.max-nodes", elastic.maxNodes());
    values.put("elastic.spares", elastic.spares());
    values.put("elastic.copies", elastic.copies());
    values.put("elastic.restarts", elastic.restarts());
    values.put("elastic.node-timeout", elastic.nodeTimeout());
    values.put("elastic.step-timeout", elastic.stepTimeout());
  }

  private void checkpoint(CheckpointSpec checkpoint) {
    values.put("checkpoint.every", checkpoint.every());
    values.put("checkpoint.keep", checkpoint.keep());
    values.put("checkpoint.dir", checkpoint.dir());
    values.put("checkpoint.local", checkpoint.local());
    values.put("checkpoint.from", checkpoint.from());
  }

  private void cluster(ClusterSpec cluster) {
    put("cluster.transport", cluster.transport());
    values.put("cluster.host", cluster.host());
    values.put("cluster.port", cluster.port());
    values.put("cluster.secret-file", cluster.secretFile());
    values.put("cluster.tls.key-file", cluster.tls().keyFile());
    values.put("cluster.tls.cert-file", cluster.tls().certFile());
    values.put("cluster.tls.ca-file", cluster.tls().caFile());
    put("cluster.data-transport", cluster.data());
    values.put("cluster.shared-memory", cluster.sharedMemory());
    values.put("worker.devices-per-process", cluster.devicesPerProcess());
    values.put("cluster.control-nodes", cluster.controlNodes());
    values.put("api.host", cluster.api().host());
    values.put("api.port", cluster.api().port());
    values.put("api.token-file", cluster.api().tokenFile());
  }

  private void cuda(CudaSpec cuda) {
    values.put("cuda.libraries", cuda.libraries());
    values.put("cuda.share-gpu", cuda.shareGpu());
    put("cuda.attention", cuda.attention());
    values.put("cuda.tune", cuda.tune());
    values.put("cuda.tune-cache", cuda.tuneCache());
    values.put("cuda.collective-timeout", cuda.collectiveTimeout());
  }

  private void put(String key, Enum<?> choice) {
    values.put(key, Fields.written(choice));
  }
}
