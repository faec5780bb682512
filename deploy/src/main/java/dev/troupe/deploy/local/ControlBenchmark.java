package dev.troupe.deploy.local;

import dev.troupe.actor.RankRuntime;
import dev.troupe.collectives.comm.Communicator;
import dev.troupe.collectives.comm.Communicators;
import dev.troupe.collectives.mesh.Placement;
import dev.troupe.collectives.mesh.ProcessGroup;
import dev.troupe.coordinator.CheckpointStore;
import dev.troupe.coordinator.RunResult;
import dev.troupe.coordinator.RunSettings;
import dev.troupe.coordinator.Timeouts;
import dev.troupe.proto.message.DeviceInfo;
import dev.troupe.proto.spec.JobSpec;
import dev.troupe.train.Prepared;
import dev.troupe.train.Snapshot;
import dev.troupe.train.Trainer;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.IntStream;

/**
 * What the control plane costs a step: a local run whose ranks compute nothing. The time from a
 * commit to the next one is then the way of two messages a rank through actors and threads.
 */
public final class ControlBenchmark {
  private ControlBenchmark() {}

  /**
   * The result.
   *
   * @param ranks number of ranks
   * @param steps number of steps that were timed
   * @param p50Micros median time of a step in microseconds
   * @param p99Micros 99th percentile
   */
  public record Cost(int ranks, int steps, double p50Micros, double p99Micros) {}

  /**
   * Runs all steps of {@code job}, the first fifth of them as a warm-up.
   *
   * @param job gives the mesh and the number of steps; must order neither checkpoints nor
   *     validation
   */
  public static Cost run(JobSpec job) {
    int steps = job.train().steps();
    int ranks = job.parallel().worldSize();
    StepTimes times = new StepTimes(steps);
    RunResult result =
        LocalRun.start(
                new RunSettings(job, "", null, 0, 1, Timeouts.defaults()),
                IntStream.range(0, ranks)
                    .mapToObj(index -> new DeviceInfo(index, job.device(), "none", 0))
                    .toList(),
                new RankRuntime(
                    (assignment, communicators) -> new IdleTrainer(),
                    new NoCommunicators(),
                    text -> job),
                new NoStore(),
                times)
            .result()
            .toCompletableFuture()
            .join();
    if (result.step() != steps) {
      throw new IllegalStateException("the run ended early: " + result);
    }
    List<Double> sorted = times.seconds().subList(steps / 5, steps).stream().sorted().toList();
    return new Cost(
        ranks,
        sorted.size(),
        sorted.get(sorted.size() / 2) * 1e6,
        sorted.get(sorted.size() * 99 / 100) * 1e6);
  }

  private static final class IdleTrainer implements Trainer {
    private long step;

    @Override
    public long step() {
      return step;
    }

    @Override
    public Prepared prepare() {
      return new Prepared(step + 1, 1, 1, 1, 1);
    }

    @Override
    public void commit() {
      step++;
    }

    @Override
    public double validate() {
      return 1;
    }

    @Override
    public Snapshot snapshot() {
      return new NoSnapshot(step);
    }

    @Override
    public long memoryBytes() {
      return 0;
    }

    @Override
    public void close() {}
  }

  private record NoSnapshot(long step) implements Snapshot {
    @Override
    public void write(Path folder) {}

    @Override
    public void close() {}
  }

  private static final class NoCommunicators implements Communicators {
    @Override
    public void place(long epoch, Placement placement) {}

    @Override
    public Communicator open(long epoch, ProcessGroup group, int rank) {
      throw new UnsupportedOperationException("ranks that compute nothing have nothing to say");
    }

    @Override
    public void abort(long epoch, String reason) {}
  }

  private static final class NoStore implements CheckpointStore {
    @Override
    public Path begin(long step) {
      return Path.of("").toAbsolutePath();
    }

    @Override
    public Path publish(Shards shards) {
      return Path.of("").toAbsolutePath();
    }

    @Override
    public void discard(long step, String why) {}
  }
}
