package dev.troupe.deploy.job;

import dev.troupe.checkpoint.CheckpointFolder;
import dev.troupe.checkpoint.CheckpointReader;
import dev.troupe.collectives.device.cpu.CpuDevice;
import dev.troupe.data.tokenizer.Tokenizer;
import dev.troupe.infer.InferenceModel;
import dev.troupe.kernels.Kernels;
import dev.troupe.kernels.cpu.CpuKernels;
import dev.troupe.proto.config.JobConfig;
import dev.troupe.proto.spec.JobSpec;
import java.nio.file.Path;
import java.util.function.Consumer;

/**
 * A checkpoint's model, its job and its tokenizer. Owns the model and the device it is on.
 *
 * @param job the job that trained it
 * @param tokenizer the tokenizer it was trained with
 * @param model the weights
 */
record LoadedModel(
    JobSpec job, Tokenizer tokenizer, InferenceModel model, Kernels kernels, CpuDevice device)
    implements AutoCloseable {
  private static final int EVALUATION_ROWS = 2048;

  /** Loads a checkpoint, or the newest of a folder of them. */
  static LoadedModel open(Path checkpoint, Consumer<String> warnings) {
    Path folder = CheckpointFolder.resolve(checkpoint, warnings);
    try (CheckpointReader reader = CheckpointReader.open(folder)) {
      JobSpec job = JobConfig.parse(reader.info().job());
      Tokenizer tokenizer = TokenizerCopy.open(folder, job.data());
      TokenizerCopy.requireSame(folder, reader.info().tokenizer(), tokenizer);
      CpuDevice device = new CpuDevice("cpu:0", Runtime.getRuntime().availableProcessors());
      Kernels kernels = new CpuKernels(device);
      int rows = Math.max(job.train().seqLength(), EVALUATION_ROWS);
      return new LoadedModel(
          job, tokenizer, new InferenceModel(device, kernels, reader, rows), kernels, device);
    }
  }

  /** Sequences of the training length that one evaluation pass takes. */
  int batch() {
    return Math.max(1, EVALUATION_ROWS / job.train().seqLength());
  }

  @Override
  public void close() {
    model.close();
    kernels.close();
    device.close();
  }
}
