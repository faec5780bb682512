package dev.troupe.deploy.local;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import dev.troupe.actor.GpuActor;
import dev.troupe.actor.NodeAgent;
import dev.troupe.actor.NodeDevices;
import dev.troupe.actor.RankRuntime;
import dev.troupe.coordinator.CheckpointStore;
import dev.troupe.coordinator.RunListener;
import dev.troupe.coordinator.RunResult;
import dev.troupe.coordinator.RunSettings;
import dev.troupe.coordinator.actor.CoordinatorActor;
import dev.troupe.proto.error.Category;
import dev.troupe.proto.message.CoordinatorCommand;
import dev.troupe.proto.message.DeviceInfo;
import dev.troupe.proto.message.Fence;
import dev.troupe.proto.message.NodeInfo;
import dev.troupe.proto.message.RequestStop;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.Terminated;
import org.apache.pekko.actor.typed.javadsl.Behaviors;

/**
 * A training run in this process: one actor system with the coordinator, one node agent and a GPU
 * actor a rank. Thread-safe.
 */
public final class LocalRun {
  private static final String NODE = "local";
  private static final Fence BEFORE_THE_FIRST = new Fence(1, 0);
  private static final long LAST_WORDS_SECONDS = 10;

  private final ActorSystem<CoordinatorCommand> system;
  private final CompletableFuture<RunResult> result;

  /**
   * Starts a run.
   *
   * @param settings what to run; {@code expectedNodes} is 1
   * @param devices what this process offers
   * @param runtime what GPU actors work with
   * @param store where checkpoints are made
   * @param listener hears what happens, on a thread of its own
   */
  public static LocalRun start(
      RunSettings settings,
      List<DeviceInfo> devices,
      RankRuntime runtime,
      CheckpointStore store,
      RunListener listener) {
    return start(settings, devices, runtime, store, listener, ConfigFactory.empty());
  }

  /** As above, with settings of Pekko that come before ours. */
  static LocalRun start(
      RunSettings settings,
      List<DeviceInfo> devices,
      RankRuntime runtime,
      CheckpointStore store,
      RunListener listener,
      Config overrides) {
    CompletableFuture<RunResult> finished = new CompletableFuture<>();
    Behavior<CoordinatorCommand> guardian =
        guardian(settings, devices, runtime, store, listener, finished::complete);
    Config config =
        overrides
            .withFallback(ConfigFactory.parseResources(LocalRun.class, "local-run.conf"))
            .withFallback(ConfigFactory.defaultReference())
            .resolve();
    return new LocalRun(ActorSystem.create(guardian, "troupe", config), finished);
  }

  private LocalRun(ActorSystem<CoordinatorCommand> system, CompletableFuture<RunResult> finished) {
    this.system = system;
    RunResult lost =
        RunResult.failed(0, Category.INTERNAL, "the run's actors ended without a result");
    // The listener's thread completes it, and may still be at it when the actors are gone.
    this.result =
        system
            .getWhenTerminated()
            .toCompletableFuture()
            .thenCompose(
                done -> finished.completeOnTimeout(lost, LAST_WORDS_SECONDS, TimeUnit.SECONDS));
  }

  private static Behavior<CoordinatorCommand> guardian(
      RunSettings settings,
      List<DeviceInfo> devices,
      RankRuntime runtime,
      CheckpointStore store,
      RunListener listener,
      Consumer<RunResult> whenFinished) {
    return Behaviors.setup(
        context -> {
          ActorRef<CoordinatorCommand> coordinator =
              context.spawn(
                  CoordinatorActor.create(
                      settings, BEFORE_THE_FIRST, store, listener, whenFinished),
                  "coordinator");
          context.watch(coordinator);
          context.spawn(
              NodeAgent.create(
                  NodeDevices.inProcess(
                      new NodeInfo(NODE, devices), place -> GpuActor.create(runtime)),
                  coordinator,
                  ended -> {}), // this process ends with its coordinator
              "agent");
          return Behaviors.receive(CoordinatorCommand.class)
              .onAnyMessage(
                  command -> {
                    coordinator.tell(command);
                    return Behaviors.same();
                  })
              .onSignal(Terminated.class, ended -> Behaviors.stopped())
              .build();
        });
  }

  /** The actors' system; it ends with the run. */
  public ActorSystem<?> system() {
    return system;
  }

  /**
   * Asks the run to finish the step under way, save and end. Asked again, it ends at once.
   *
   * @param reason who asks, for people
   */
  public void requestStop(String reason) {
    system.tell(new RequestStop(reason));
  }

  /**
   * How the run ended; never completes exceptionally. When it completes, the listener has heard
   * everything and the actors are gone.
   */
  public CompletionStage<RunResult> result() {
    return result.minimalCompletionStage();
  }
}
