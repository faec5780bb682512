package dev.troupe.deploy.report;

import dev.troupe.proto.config.JobConfig;
import dev.troupe.proto.spec.JobSpec;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;

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
      Path temporary = folder.path().resolve("job.conf.tmp");
      Files.writeString(temporary, JobConfig.render(job));
      Files.move(
          temporary,
          folder.job(),
          StandardCopyOption.ATOMIC_MOVE,
          StandardCopyOption.REPLACE_EXISTING);
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
