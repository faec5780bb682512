package dev.troupe.deploy.bench;

import dev.troupe.checkpoint.FileStorage;
import dev.troupe.collectives.comm.Communicators;
import dev.troupe.collectives.mesh.DeviceMesh;
import dev.troupe.deploy.backend.Backend;
import dev.troupe.deploy.backend.LocalBackend;
import dev.troupe.proto.spec.JobSpec;
import dev.troupe.train.Assignment;
import dev.troupe.train.Prepared;
import dev.troupe.train.Start;
import dev.troupe.train.Trainer;
import dev.troupe.train.TrainerFactory;
import dev.troupe.train.TrainingData;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/**
 * Times whole training steps (forward, backward, reduction, clipping, AdamW) of a job on {@link
 * RandomTokens}, all ranks in this process, without actors, data files or checkpoints.
 */
public final class StepBenchmark {
  private StepBenchmark() {}

  /**
   * What was measured.
   *
   * @param tokensPerSecond of the median step
   * @param medianSeconds of a step
   * @param bestSeconds of a step
   * @param firstLoss loss of the first step
   * @param lastLoss loss of the last step
   */
  public record Result(
      double tokensPerSecond,
      double medianSeconds,
      double bestSeconds,
      double firstLoss,
      double lastLoss) {}

  /** Runs {@code warmup} and then {@code steps} timed steps. */
  public static Result run(JobSpec job, int warmup, int steps) {
    DeviceMesh mesh = new DeviceMesh(job.parallel().tp(), job.parallel().dp());
    TrainingData data = new TrainingData(RandomTokens.of(job), Optional.empty());
    Backend backend = LocalBackend.of(job);
    TrainerFactory factory = backend.trainers(data, new FileStorage());
    Communicators communicators = backend.communicators();
    try (ExecutorService ranks =
        Executors.newThreadPerTaskExecutor(Thread.ofPlatform().factory())) {
      List<Future<Result>> results = new ArrayList<>();
      for (int rank = 0; rank < mesh.size(); rank++) {
        Assignment assignment = Assignment.alone(job, mesh, rank, new Start.Initial());
        Callable<Result> work =
            () -> time(factory.create(assignment, communicators), warmup, steps);
        results.add(ranks.submit(work));
      }
      return results.getFirst().get();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted", e);
    } catch (ExecutionException e) {
      communicators.abort(1, "a rank failed");
      throw e.getCause() instanceof RuntimeException cause ? cause : new IllegalStateException(e);
    }
  }

  private static Result time(Trainer trainer, int warmup, int steps) {
    try (trainer) {
      double first = 0;
      Prepared last = null;
      double[] seconds = new double[steps];
      for (int i = 0; i < warmup + steps; i++) {
        long start = System.nanoTime();
        last = trainer.prepare();
        trainer.commit();
        if (i == 0) {
          first = last.loss();
        }
        if (i >= warmup) {
          seconds[i - warmup] = (System.nanoTime() - start) * 1e-9;
        }
      }
      if (last == null) {
        throw new IllegalArgumentException("no step to time");
      }
      Arrays.sort(seconds);
      double median = seconds[steps / 2];
      return new Result(last.tokens() / median, median, seconds[0], first, last.loss());
    }
  }
}
