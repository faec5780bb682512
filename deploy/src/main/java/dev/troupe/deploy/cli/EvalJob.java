package dev.troupe.deploy.cli;

import java.nio.file.Path;
import java.util.List;

/** Measures a model's loss over files. */
@FunctionalInterface
public interface EvalJob {
  /** Evaluates; one result a file, in their order. */
  List<FileLoss> run(Request request);

  /**
   * What to evaluate.
   *
   * @param checkpoint a checkpoint, or a folder of them
   * @param data files, in the forms of {@code data.path}
   */
  record Request(Path checkpoint, List<Path> data) {
    public Request {
      data = List.copyOf(data);
    }
  }

  /**
   * A file's loss.
   *
   * @param file the file
   * @param tokens target tokens in it
   * @param loss mean cross-entropy in nats a token
   */
  record FileLoss(String file, long tokens, double loss) {
    /** {@code exp(loss)}. */
    public double perplexity() {
      return Math.exp(loss);
    }
  }
}
