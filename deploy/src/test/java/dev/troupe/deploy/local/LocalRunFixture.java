package dev.troupe.deploy.local;

import com.typesafe.config.ConfigFactory;
import dev.troupe.actor.RankRuntime;
import dev.troupe.coordinator.RunListener;
import dev.troupe.coordinator.RunResult;
import dev.troupe.coordinator.RunSettings;
import dev.troupe.coordinator.Timeouts;
import dev.troupe.coordinator.actor.CoordinatorActor;
import dev.troupe.coordinator.actor.TransitionObserver;
import dev.troupe.coordinator.journal.MemoryJournal;
import dev.troupe.proto.message.DeviceInfo;
import dev.troupe.proto.spec.JobSpec;
import dev.troupe.train.StateVault;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** Local runs of fake trainers in which every message crosses Protobuf. */
final class LocalRunFixture {
  private static final String JOB_TEXT = "test = 1";

  private LocalRunFixture() {}

  static LocalRun start(JobSpec job, FakeCluster cluster, FolderStore store, RunListener listener) {
    return start(job, null, 0, Timeouts.defaults(), cluster, store, listener);
  }

  static LocalRun start(
      JobSpec job,
      @Nullable Path from,
      long step,
      Timeouts timeouts,
      FakeCluster cluster,
      FolderStore store,
      RunListener listener) {
    return LocalRun.start(
        new CoordinatorActor.Parts(
            new RunSettings(job, JOB_TEXT, from, step, 1, timeouts),
            new MemoryJournal(),
            store,
            listener,
            TransitionObserver.NONE),
        IntStream.range(0, job.parallel().worldSize())
            .mapToObj(index -> new DeviceInfo(index, "cpu", "cpu:" + index, 0))
            .toList(),
        new RankRuntime("local", cluster, cluster, text -> parse(text, job), new StateVault()),
        ConfigFactory.parseMap(
            Map.of(
                "pekko.actor.serialize-messages",
                "on",
                "pekko.actor.serializers.troupe",
                CountingSerializer.class.getName())));
  }

  private static JobSpec parse(String text, JobSpec job) {
    if (!text.equals(JOB_TEXT)) {
      throw new IllegalArgumentException(text);
    }
    return job;
  }

  static Timeouts quick(Duration step) {
    Duration minute = Duration.ofMinutes(1);
    Duration soon = Duration.ofMillis(300);
    return new Timeouts(soon, minute, step, minute, soon, minute, soon);
  }

  static RunResult await(LocalRun run)
      throws InterruptedException, ExecutionException, TimeoutException {
    return run.result().toCompletableFuture().get(20, TimeUnit.SECONDS);
  }

  static List<Long> steps(int first, int last) {
    return IntStream.rangeClosed(first, last).mapToObj(Long::valueOf).toList();
  }
}
