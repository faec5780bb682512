package dev.troupe.deploy.job;

import dev.troupe.checkpoint.CheckpointFolder;
import dev.troupe.checkpoint.CheckpointReader;
import dev.troupe.data.tokenizer.Tokenizer;
import dev.troupe.proto.config.JobConfig;
import dev.troupe.proto.error.TroupeException;
import dev.troupe.proto.spec.JobSpec;
import dev.troupe.proto.spec.ModelSpec;
import java.nio.file.Path;
import java.util.function.Consumer;

/**
 * A checkpoint, the job that made it and the tokenizer it was trained with. Owns the reader.
 *
 * @param folder the checkpoint's own folder
 */
record OpenCheckpoint(Path folder, CheckpointReader reader, JobSpec job, Tokenizer tokenizer)
    implements AutoCloseable {
  /**
   * Opens a checkpoint, or the newest of a folder of them.
   *
   * @param warnings hears of damaged checkpoints that were passed over
   * @throws TroupeException where it cannot be read, or its tokenizer is not the one it had
   */
  static OpenCheckpoint open(Path checkpoint, Consumer<String> warnings) {
    Path folder = CheckpointFolder.resolve(checkpoint, warnings);
    CheckpointReader reader = CheckpointReader.open(folder);
    try {
      JobSpec job = JobConfig.parse(reader.info().job());
      Tokenizer tokenizer = TokenizerCopy.open(folder, job.data());
      TokenizerCopy.requireSame(folder, reader.info().tokenizer(), tokenizer);
      return new OpenCheckpoint(folder, reader, job, tokenizer);
    } catch (RuntimeException | Error e) {
      reader.close();
      throw e;
    }
  }

  /** The model's dimensions. */
  ModelSpec model() {
    return reader.info().model();
  }

  @Override
  public void close() {
    reader.close();
  }
}
