package dev.troupe.deploy.bench;

import dev.troupe.deploy.cli.BenchJob;
import dev.troupe.proto.config.JobConfig;
import dev.troupe.proto.spec.JobSpec;
import dev.troupe.proto.spec.ModelSpec;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * What {@code bench gpu} times, as a job of Troupe's and as arguments of the peer's script.
 *
 * @param request what was asked for
 */
record GpuStep(BenchJob.Gpu request) {

  JobSpec job() {
    List<String> settings =
        new ArrayList<>(
            List.of(
                "run.name=bench-gpu",
                "device=cuda",
                "precision=bf16",
                "model.preset=" + request.preset(),
                "parallel.tp=1",
                "parallel.dp=1",
                "parallel.reduction=fast",
                "train.global-batch=" + request.microBatch() * request.microBatches(),
                "train.micro-batch=" + request.microBatch(),
                "train.recompute=" + request.recompute().name().toLowerCase(Locale.ROOT),
                "train.lr=3e-4",
                "train.warmup=0",
                "train.schedule=constant"));
    settings.add("train.seq-length=" + length());
    return JobConfig.load(null, settings);
  }

  int length() {
    return request.seqLength() > 0
        ? request.seqLength()
        : JobConfig.load(null, List.of("model.preset=" + request.preset())).model().maxSeq();
  }

  List<String> peerArguments(JobSpec job) {
    ModelSpec model = job.model();
    return List.of(
        "--hidden=" + model.hidden(),
        "--layers=" + model.layers(),
        "--heads=" + model.heads(),
        "--kv-heads=" + model.kvHeads(),
        "--ffn=" + model.ffn(),
        "--vocab=" + model.vocab(),
        "--seq-length=" + job.train().seqLength(),
        "--micro-batch=" + request.microBatch(),
        "--micro-batches=" + request.microBatches(),
        "--recompute=" + request.recompute().name().toLowerCase(Locale.ROOT),
        "--warmup=" + request.warmup(),
        "--steps=" + request.steps());
  }
}
