package dev.troupe.deploy.launch;

import dev.troupe.coordinator.RunResult;
import dev.troupe.coordinator.actor.CoordinatorActor;
import dev.troupe.deploy.job.RunSetup;
import dev.troupe.deploy.report.RunFolder;
import dev.troupe.deploy.report.RunRecorder;
import dev.troupe.proto.message.CoordinatorCommand;
import dev.troupe.proto.message.Fence;
import dev.troupe.proto.spec.JobSpec;
import dev.troupe.train.MemoryPlan;
import java.time.InstantSource;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.javadsl.Behaviors;

/**
 * The coordinator of a run and what it reports to, for a member that may run it. Nothing is opened
 * before the coordinator starts here.
 */
final class Coordination {
  private final JobSpec job;
  private final RunSetup setup;
  private final int nodes;
  private final CompletableFuture<RunResult> result = new CompletableFuture<>();

  /**
   * For one job.
   *
   * @param setup where the run starts
   * @param nodes nodes that are expected
   */
  Coordination(JobSpec job, RunSetup setup, int nodes) {
    this.job = job;
    this.setup = setup;
    this.nodes = nodes;
  }

  /** The coordinator's behaviour. */
  Behavior<CoordinatorCommand> behavior() {
    return Behaviors.setup(
        context -> {
          RunRecorder recorder =
              new RunRecorder(
                  RunFolder.create(job),
                  setup.console(),
                  setup.resumeStep(),
                  InstantSource.system());
          return CoordinatorActor.create(
              setup.settings(nodes, MemoryPlan.of(job).total(), RuntimeFolder.newSecret()),
              term(),
              setup.store(),
              recorder,
              result::complete);
        });
  }

  /** Each coordinator's term is greater than that of the one before it: it starts later. */
  private static Fence term() {
    return new Fence(System.currentTimeMillis(), 0);
  }

  /** How the run ended; completes where the coordinator ran here. */
  CompletionStage<RunResult> result() {
    return result.minimalCompletionStage();
  }
}
