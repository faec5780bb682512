package dev.troupe.deploy.job;

import dev.troupe.checkpoint.CheckpointFolder;
import dev.troupe.checkpoint.CheckpointReader;
import dev.troupe.data.tokenizer.Tokenizer;
import dev.troupe.infer.InferenceModel;
import dev.troupe.proto.config.JobConfig;
import dev.troupe.proto.spec.JobSpec;
import java.nio.file.Path;
import java.util.function.Consumer;
import java.util.function.Function;

/**
 * A checkpoint's model, its job and its tokenizer. Owns the model.
 *
 * @param job the job that trained it
 * @param tokenizer the tokenizer it was trained with
 * @param model the weights
 */
record LoadedModel(JobSpec job, Tokenizer tokenizer, InferenceModel model)
    implements AutoCloseable {
  private static final int EVALUATION_ROWS = 2048;

  /**
   * Loads a checkpoint, or the newest of a folder of them, to measure losses.
   *
   * @param tp tensor-parallel width
   * @throws dev.troupe.proto.error.TroupeException where it cannot be read, or not be cut so
   */
  static LoadedModel toEvaluate(Path checkpoint, int tp, Consumer<String> warnings) {
    return open(
        checkpoint,
        tp,
        job -> new InferenceModel.Room(Math.max(job.train().seqLength(), EVALUATION_ROWS), 1),
        warnings);
  }

  /**
   * As {@link #toEvaluate}, to generate texts.
   *
   * @param sequences most texts at a time
   */
  static LoadedModel toGenerate(Path checkpoint, int tp, int sequences, Consumer<String> warnings) {
    return open(checkpoint, tp, job -> new InferenceModel.Room(0, sequences), warnings);
  }

  private static LoadedModel open(
      Path checkpoint,
      int tp,
      Function<JobSpec, InferenceModel.Room> room,
      Consumer<String> warnings) {
    Path folder = CheckpointFolder.resolve(checkpoint, warnings);
    try (CheckpointReader reader = CheckpointReader.open(folder)) {
      JobSpec job = JobConfig.parse(reader.info().job());
      Tokenizer tokenizer = TokenizerCopy.open(folder, job.data());
      TokenizerCopy.requireSame(folder, reader.info().tokenizer(), tokenizer);
      return new LoadedModel(job, tokenizer, InferenceModel.load(reader, tp, room.apply(job)));
    }
  }

  /** Sequences of the training length that one evaluation pass takes. */
  int batch() {
    return Math.max(1, EVALUATION_ROWS / job.train().seqLength());
  }

  @Override
  public void close() {
    model.close();
  }
}
