package dev.troupe.deploy.launch;

import dev.troupe.checkpoint.FileStorage;
import dev.troupe.checkpoint.InterceptedStorage;
import dev.troupe.checkpoint.Storage;
import dev.troupe.coordinator.RunResult;
import dev.troupe.coordinator.actor.CoordinatorActor;
import dev.troupe.coordinator.actor.TransitionObserver;
import dev.troupe.coordinator.journal.FileJournal;
import dev.troupe.coordinator.journal.HeldJournal;
import dev.troupe.coordinator.journal.Journal;
import dev.troupe.coordinator.journal.QuorumJournal;
import dev.troupe.deploy.api.ApiAccess;
import dev.troupe.deploy.api.ApiServer;
import dev.troupe.deploy.api.StatusBoard;
import dev.troupe.deploy.chaos.engine.ChaosEngine;
import dev.troupe.deploy.job.RunSetup;
import dev.troupe.deploy.report.RunFolder;
import dev.troupe.proto.message.CoordinatorCommand;
import dev.troupe.proto.message.Failure;
import dev.troupe.proto.spec.JobSpec;
import dev.troupe.train.MemoryPlan;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.IntFunction;
import java.util.function.Supplier;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.javadsl.ActorContext;
import org.apache.pekko.actor.typed.javadsl.Behaviors;

/**
 * The coordinator of a run and what it reports to, for a member that may run it. Nothing is opened
 * before the coordinator starts here, which may be when another one is gone.
 */
final class Coordination {
  /** Machines of a cluster become free, boot and start one after the other. */
  private static final Duration REGISTER = Duration.ofMinutes(10);

  private final JobSpec job;
  private final Supplier<RunSetup> setups;
  private final RunFolder folder;
  private final int nodes;
  private final ApiAccess access;
  private final StatusBoard board;
  private final CompletableFuture<RunResult> result = new CompletableFuture<>();
  private final CompletableFuture<Boolean> began = new CompletableFuture<>();
  private final CompletableFuture<String> superseded = new CompletableFuture<>();

  /**
   * For one job.
   *
   * @param folder the run's, which is there
   * @param board keeps the run's status
   * @param setups finds out where the run starts, when the coordinator does
   * @param nodes a job that does not fit is an error once so many nodes are there; 0: only when no
   *     more came for ten minutes
   */
  Coordination(
      JobSpec job, RunFolder folder, StatusBoard board, Supplier<RunSetup> setups, int nodes) {
    this.job = job;
    this.folder = folder;
    this.setups = setups;
    this.nodes = nodes == 0 ? Integer.MAX_VALUE : nodes;
    this.access = ApiAccess.of(job.cluster().api());
    this.board = board;
  }

  /** The coordinator's behaviour. Where it cannot start, the run has failed. */
  Behavior<CoordinatorCommand> behavior() {
    return Behaviors.setup(
        context -> {
          try {
            return coordinator(context);
          } catch (RuntimeException e) {
            Failure failure = Failure.of(e);
            result.complete(RunResult.failed(0, failure.category(), failure.message()));
            return Behaviors.stopped();
          } finally {
            began.complete(true);
          }
        });
  }

  private Behavior<CoordinatorCommand> coordinator(ActorContext<CoordinatorCommand> context) {
    RunSetup setup = setups.get();
    HeldJournal journal = new HeldJournal(journal(context));
    journal.onLost().thenAccept(yes -> superseded.complete("another node has taken the run over"));
    Optional<ChaosEngine> chaos = ChaosEngine.of(job, folder.events());
    Storage storage =
        chaos
            .<Storage>map(engine -> new InterceptedStorage(new FileStorage(), engine))
            .orElseGet(FileStorage::new);
    Behavior<CoordinatorCommand> behavior =
        CoordinatorActor.create(
            new CoordinatorActor.Parts(
                setup.settings(nodes, rankMemory(), RuntimeFolder.newSecret(), REGISTER),
                journal,
                setup.store(storage, journal),
                setup.listener(folder, board),
                chaos.<TransitionObserver>map(engine -> engine).orElse(TransitionObserver.NONE)),
            result::complete);
    return chaos.map(engine -> engine.around(behavior)).orElse(behavior);
  }

  /** What a rank of several processes takes at most: with a copy of another's state. */
  private long rankMemory() {
    return MemoryPlan.of(job, job.parallel().tp(), job.parallel().dp(), 0, true).total();
  }

  /** In the run's folder where one node may coordinate, else with all that may. */
  private Journal journal(ActorContext<CoordinatorCommand> context) {
    int control = job.cluster().controlNodes();
    return control == 1
        ? new FileJournal(folder.journal())
        : QuorumJournal.start(context, control, new JournalKeepers(context.getSystem()));
  }

  /** Completes when the coordinator has started here, or could not. */
  CompletionStage<Boolean> began() {
    return began.minimalCompletionStage();
  }

  /** How the run ended; completes where the coordinator ran here to the run's end. */
  CompletionStage<RunResult> result() {
    return result.minimalCompletionStage();
  }

  /** Completes with a sentence where the coordinator ran here, and another one took over. */
  CompletionStage<String> onSuperseded() {
    return superseded.minimalCompletionStage();
  }

  /**
   * Serves the run's HTTP API; where the coordinator has started.
   *
   * @param ensure starts missing nodes, as {@link Nodes#ensure}
   */
  ApiServer serve(
      ClusterSystem system,
      ActorRef<CoordinatorCommand> coordinator,
      IntFunction<List<String>> ensure) {
    return ApiServer.start(
        system.system(),
        access,
        board,
        new ClusterControl(coordinator, job, board, ensure),
        Path.of(job.runDir()));
  }
}
