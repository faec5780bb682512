package dev.troupe.deploy.report;

import dev.troupe.proto.config.JobConfig;
import dev.troupe.proto.file.WholeFile;
import dev.troupe.proto.spec.JobSpec;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * The files of a run.
 *
 * @param path the run's folder
 */
public record RunFolder(Path path) {

  /**
   * Makes the folder and writes the resolved job into it.
   *
   * @throws dev.troupe.proto.error.TroupeException of category resource where it cannot be written
   */
  public static RunFolder create(JobSpec job) {
    RunFolder folder = new RunFolder(Path.of(job.runDir()));
    try {
      Files.createDirectories(folder.path());
      WholeFile.write(folder.job(), JobConfig.render(job));
    } catch (IOException e) {
      throw JsonLines.cannotWrite(folder.job(), e);
    }
    return folder;
  }

  /** The resolved job. */
  public Path job() {
    return path.resolve("job.conf");
  }

  /** One line a step. */
  public Path metrics() {
    return path.resolve("metrics.jsonl");
  }

  /** One line a text that the model wrote while it was trained. */
  public Path samples() {
    return path.resolve("samples.jsonl");
  }

  /** One line an event. */
  public Path events() {
    return path.resolve("events.jsonl");
  }

  /** What the run's coordinators must know of each other. */
  public Path journal() {
    return path.resolve("journal");
  }

  /** The console of a run whose coordinator moves from node to node. */
  public Path console() {
    return path.resolve("logs").resolve("console.log");
  }

  /** The program's own log. */
  public Path log() {
    return path.resolve("troupe.log");
  }

  /** The folder of TensorBoard's event files. */
  public Path tensorBoard() {
    return path.resolve("tensorboard");
  }
}
