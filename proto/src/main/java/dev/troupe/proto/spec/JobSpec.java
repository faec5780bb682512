package dev.troupe.proto.spec;

import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * One training job, complete and valid.
 *
 * @param runName name of the run
 * @param runDir folder that the run's files go to
 * @param device backend: {@code cpu} or {@code cuda}
 * @param precision type of parameters and activations
 * @param seed seed of the initial weights and the data order
 * @param logEvery steps between two console lines
 * @param logFormat how log files are written
 * @param model the model
 * @param parallel the mesh
 * @param train the run
 * @param data the data
 * @param checkpoint the checkpoints
 * @param elastic how the run meets nodes that come, go, and fail
 * @param integrity how damage to numbers is found and met
 * @param cluster how processes find each other and talk
 * @param cuda the cuda backend
 * @param profile the trace
 * @param chaosPlan file with the faults that are to be injected; null: none
 * @param samples texts that the model writes while it is trained
 */
public record JobSpec(
    String runName,
    String runDir,
    String device,
    Precision precision,
    long seed,
    int logEvery,
    LogFormat logFormat,
    ModelSpec model,
    ParallelSpec parallel,
    TrainSpec train,
    DataSpec data,
    CheckpointSpec checkpoint,
    ElasticSpec elastic,
    IntegritySpec integrity,
    ClusterSpec cluster,
    CudaSpec cuda,
    ProfileSpec profile,
    @Nullable String chaosPlan,
    SamplesSpec samples) {

  private static final Pattern NAME = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]{0,99}");

  public JobSpec {
    if (!NAME.matcher(runName).matches()) {
      throw new InvalidFieldException(
          "run.name = %s names a folder; use letters, digits, '.', '_' and '-', at most 100"
              .formatted(runName),
          "run.name");
    }
    Require.notBlank("run.dir", runDir);
    Require.atLeast(1, "log.every", logEvery);
    if (!device.equals("cpu") && !device.equals("cuda")) {
      throw new InvalidFieldException(
          "device = %s is not known; give cpu or cuda".formatted(device), "device");
    }
    modelFitsMesh(model, parallel);
    batchFitsMesh(train, parallel);
    sequenceFits(model, train, parallel);
    if (data.documentMask() && cuda.attention() == CudaAttention.CUDNN) {
      throw new InvalidFieldException(
          "cuda.attention = cudnn has no document mask, but data.document-mask = true; give flash or"
              + " auto",
          "cuda.attention",
          "data.document-mask");
    }
    samplesFit(samples, device, parallel, cuda);
  }

  /** cuDNN's attention reads no cache of keys and values. */
  private static void samplesFit(
      SamplesSpec samples, String device, ParallelSpec parallel, CudaSpec cuda) {
    if (samples.every() > 0
        && device.equals("cuda")
        && parallel.reduction() != Reduction.EXACT
        && cuda.attention() != CudaAttention.FLASH) {
      throw new InvalidFieldException(
          "samples.every = %d on cuda needs cuda.attention = flash, or parallel.reduction = exact"
              .formatted(samples.every()),
          "samples.every",
          "cuda.attention");
    }
  }

  private static void modelFitsMesh(ModelSpec model, ParallelSpec parallel) {
    int tp = parallel.tp();
    Require.multiple(
        "model.heads", model.heads(), "parallel.tp", tp, "each rank computes whole heads");
    Require.multiple(
        "model.ffn", model.ffn(), "parallel.tp", tp, "each rank computes an equal part");
    int kvHeads = model.kvHeads();
    if (kvHeads % tp != 0 && tp % kvHeads != 0) {
      throw new InvalidFieldException(
          "model.kv-heads = %d and parallel.tp = %d do not fit; one must be a multiple of the other"
              .formatted(kvHeads, tp),
          "model.kv-heads",
          "parallel.tp");
    }
  }

  private static void batchFitsMesh(TrainSpec train, ParallelSpec parallel) {
    int shards = parallel.virtualShards();
    Require.multiple(
        "train.global-batch",
        train.globalBatch(),
        "parallel.virtual-shards",
        shards,
        "every virtual shard (default: one a data-parallel rank) takes as many sequences");
    int perShard = train.globalBatch() / shards;
    if (perShard % train.microBatch() != 0) {
      throw new InvalidFieldException(
          "train.micro-batch = %d does not divide the %d sequences of a shard"
                  .formatted(train.microBatch(), perShard)
              + " (train.global-batch / parallel.virtual-shards); give a divisor or leave it out",
          "train.micro-batch",
          "train.global-batch",
          "parallel.virtual-shards");
    }
  }

  private static void sequenceFits(ModelSpec model, TrainSpec train, ParallelSpec parallel) {
    Require.atMost(
        "train.seq-length",
        train.seqLength(),
        "model.max-seq",
        model.maxSeq(),
        "shorten the sequences or raise model.max-seq");
    if (parallel.sequence()) {
      Require.multiple(
          "train.seq-length",
          train.seqLength(),
          "parallel.tp",
          parallel.tp(),
          "sequence parallelism splits each sequence; or set parallel.sequence = false");
    }
  }
}
