package dev.troupe.deploy.job;

import dev.troupe.data.tokenizer.Tokenizer;
import dev.troupe.infer.InferenceModel;
import dev.troupe.proto.spec.JobSpec;
import java.nio.file.Path;
import java.util.function.Consumer;

/**
 * A checkpoint's model, its job and its tokenizer. Owns the model.
 *
 * @param job the job that trained it
 * @param tokenizer the tokenizer it was trained with
 * @param model the weights
 */
record LoadedModel(JobSpec job, Tokenizer tokenizer, InferenceModel model)
    implements AutoCloseable {
  /**
   * Loads a checkpoint, or the newest of a folder of them, to generate texts.
   *
   * @param tp tensor-parallel width
   * @param sequences most texts at a time
   * @throws dev.troupe.proto.error.TroupeException where it cannot be read, or not be cut so
   */
  static LoadedModel toGenerate(Path checkpoint, int tp, int sequences, Consumer<String> warnings) {
    InferenceModel.Room room = new InferenceModel.Room(0, sequences);
    try (OpenCheckpoint open = OpenCheckpoint.open(checkpoint, warnings)) {
      return new LoadedModel(
          open.job(), open.tokenizer(), InferenceModel.load(open.reader(), tp, room));
    }
  }

  @Override
  public void close() {
    model.close();
  }
}
