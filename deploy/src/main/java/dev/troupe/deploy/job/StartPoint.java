package dev.troupe.deploy.job;

import dev.troupe.checkpoint.CheckpointFolder;
import dev.troupe.checkpoint.CheckpointInfo;
import dev.troupe.checkpoint.CheckpointReader;
import dev.troupe.checkpoint.FileStorage;
import dev.troupe.data.tokenizer.Tokenizer;
import dev.troupe.proto.error.TroupeException;
import dev.troupe.proto.spec.JobSpec;
import dev.troupe.proto.spec.ModelSpec;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Where a run starts.
 *
 * @param checkpoint the checkpoint; null: initial weights
 * @param step its committed steps
 */
record StartPoint(@Nullable Path checkpoint, long step) {

  /**
   * The run's own newest checkpoint that is whole; a run without one starts from {@code
   * checkpoint.from}, or from initial weights.
   *
   * @throws TroupeException where the checkpoint does not fit the job
   */
  static StartPoint of(JobSpec job, Tokenizer tokenizer, Consumer<String> warnings) {
    Path own = Path.of(job.checkpoint().dir());
    Optional<Path> newest = new CheckpointFolder(new FileStorage(), own).newestValid(warnings);
    String from = job.checkpoint().from();
    if (from == null) {
      return newest.map(path -> at(path, job, tokenizer)).orElse(new StartPoint(null, 0));
    }
    Path wanted = CheckpointFolder.resolve(Path.of(from), warnings);
    StartPoint given = at(wanted, job, tokenizer);
    if (newest.isEmpty() || absolute(newest.get()).equals(absolute(wanted))) {
      return given;
    }
    StartPoint latest = at(newest.get(), job, tokenizer);
    if (absolute(wanted).startsWith(absolute(own))) {
      throw TroupeException.usage(
          "--from %s: the run %s already has step %d; to go on from step %d give the new run a name: run.name=%s-from-%d"
              .formatted(
                  from, job.runName(), latest.step(), given.step(), job.runName(), given.step()));
    }
    warnings.accept(
        "the run has checkpoints of its own; it goes on from %s, not from %s"
            .formatted(newest.get(), from));
    return latest;
  }

  private static Path absolute(Path path) {
    return path.toAbsolutePath().normalize();
  }

  private static StartPoint at(Path checkpoint, JobSpec job, Tokenizer tokenizer) {
    try (CheckpointReader reader = CheckpointReader.open(checkpoint)) {
      CheckpointInfo info = reader.info();
      TokenizerCopy.requireSame(checkpoint, info.tokenizer(), tokenizer);
      requireEqual(checkpoint, info.model(), job.model());
      return new StartPoint(checkpoint, info.step());
    }
  }

  private static void requireEqual(Path checkpoint, ModelSpec saved, ModelSpec wanted) {
    Map<String, Object> a = dimensions(saved);
    Map<String, Object> b = dimensions(wanted);
    a.forEach(
        (key, value) -> {
          if (!value.equals(b.get(key))) {
            throw TroupeException.data(
                "%s has model.%s=%s, the job %s; use the checkpoint's value or start anew with another run.name"
                    .formatted(checkpoint, key, value, b.get(key)));
          }
        });
  }

  /** What weights depend on; the longest sequence and the preset's name may change. */
  private static Map<String, Object> dimensions(ModelSpec model) {
    Map<String, Object> dimensions = new LinkedHashMap<>();
    dimensions.put("hidden", model.hidden());
    dimensions.put("layers", model.layers());
    dimensions.put("heads", model.heads());
    dimensions.put("kv-heads", model.kvHeads());
    dimensions.put("ffn", model.ffn());
    dimensions.put("vocab", model.vocab());
    dimensions.put("tied-head", model.tiedHead());
    dimensions.put("norm-eps", model.normEps());
    dimensions.put("rope-base", model.ropeBase());
    return dimensions;
  }
}
