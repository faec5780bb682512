package dev.troupe.deploy.bench;

import dev.troupe.deploy.cli.BenchJob;
import dev.troupe.proto.config.JobConfig;
import dev.troupe.proto.spec.JobSpec;
import java.util.List;
import java.util.Locale;

/** The fixed configurations of {@code bench step}. */
final class BenchmarkModels {
  private BenchmarkModels() {}

  /** A job of the configuration: one batch a step, cut over dp; random tokens need no data. */
  static JobSpec job(BenchJob.Step request, boolean documentMask) {
    boolean small = request.size() == BenchJob.Size.SMALL;
    int batch = small ? 8 : 4;
    return JobConfig.load(
        null,
        List.of(
            "run.name=bench",
            "data.document-mask=" + documentMask,
            "precision=" + request.precision().name().toLowerCase(Locale.ROOT),
            "model.hidden=" + (small ? 256 : 512),
            "model.layers=8",
            "model.heads=8",
            "model.kv-heads=8",
            "model.ffn=" + (small ? 688 : 1376),
            "model.vocab=4096",
            "model.max-seq=512",
            "train.seq-length=" + (small ? 256 : 512),
            "train.global-batch=" + batch,
            "train.micro-batch=" + batch / request.dp(),
            "train.lr=1e-3",
            "train.warmup=0",
            "train.schedule=constant",
            "parallel.tp=" + request.tp(),
            "parallel.dp=" + request.dp()));
  }
}
