package dev.troupe.deploy.local;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import dev.troupe.actor.GpuActor;
import dev.troupe.actor.NodeAgent;
import dev.troupe.actor.NodeDevices;
import dev.troupe.actor.RankRuntime;
import dev.troupe.coordinator.RunResult;
import dev.troupe.coordinator.actor.CoordinatorActor;
import dev.troupe.proto.error.Category;
import dev.troupe.proto.message.CoordinatorCommand;
import dev.troupe.proto.message.DeviceInfo;
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
  private static final long LAST_WORDS_SECONDS = 10;

  private final ActorSystem<CoordinatorCommand> system;
  private final CompletableFuture<RunResult> result;

  /**
   * Starts a run.
   *
   * @param parts what its coordinator works with; {@code expectedNodes} is 1
   * @param devices what this process offers
   * @param runtime what GPU actors work with
   */
  public static LocalRun start(
      CoordinatorActor.Parts parts, List<DeviceInfo> devices, RankRuntime runtime) {
    return start(parts, devices, runtime, ConfigFactory.empty());
  }

  /** As above, with settings of Pekko that come before ours. */
  static LocalRun start(
      CoordinatorActor.Parts parts,
      List<DeviceInfo> devices,
      RankRuntime runtime,
      Config overrides) {
    CompletableFuture<RunResult> finished = new CompletableFuture<>();
    Behavior<CoordinatorCommand> guardian = guardian(parts, devices, runtime, finished::complete);
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
      CoordinatorActor.Parts parts,
      List<DeviceInfo> devices,
      RankRuntime runtime,
      Consumer<RunResult> whenFinished) {
    return Behaviors.setup(
        context -> {
          ActorRef<CoordinatorCommand> coordinator =
              context.spawn(CoordinatorActor.create(parts, whenFinished), "coordinator");
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
