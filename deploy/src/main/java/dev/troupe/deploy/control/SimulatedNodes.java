package dev.troupe.deploy.control;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import dev.troupe.actor.NodeAgent;
import dev.troupe.actor.NodeDevices;
import dev.troupe.coordinator.RunListener;
import dev.troupe.coordinator.RunResult;
import dev.troupe.coordinator.RunSettings;
import dev.troupe.coordinator.actor.CoordinatorActor;
import dev.troupe.coordinator.actor.TransitionObserver;
import dev.troupe.coordinator.journal.MemoryJournal;
import dev.troupe.deploy.local.LocalRun;
import dev.troupe.proto.message.CoordinatorCommand;
import dev.troupe.proto.message.DeviceInfo;
import dev.troupe.proto.message.NodeInfo;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.Terminated;
import org.apache.pekko.actor.typed.javadsl.Behaviors;

/**
 * A cluster in one process: the coordinator and the agents of many nodes, which are those of a real
 * cluster, and a {@link SimulatedRank} a device.
 */
final class SimulatedNodes {
  private SimulatedNodes() {}

  /** Runs a job to its end; its mesh takes {@code devices} devices of each node. */
  static RunResult run(RunSettings settings, int devices, RunListener listener) {
    CompletableFuture<RunResult> finished = new CompletableFuture<>();
    Config config =
        ConfigFactory.parseResources(LocalRun.class, "local-run.conf")
            .withFallback(ConfigFactory.defaultReference())
            .resolve();
    ActorSystem<Void> system =
        ActorSystem.create(
            guardian(settings, devices, listener, finished::complete), "simulation", config);
    RunResult result = finished.join();
    system.getWhenTerminated().toCompletableFuture().join();
    return result;
  }

  private static Behavior<Void> guardian(
      RunSettings settings, int devices, RunListener listener, Consumer<RunResult> whenFinished) {
    return Behaviors.setup(
        context -> {
          ActorRef<CoordinatorCommand> coordinator =
              context.spawn(
                  CoordinatorActor.create(parts(settings, listener), whenFinished), "coordinator");
          context.watch(coordinator);
          for (int node = 0; node < settings.expectedNodes(); node++) {
            String name = "node-%05d".formatted(node);
            context.spawn(
                NodeAgent.create(
                    NodeDevices.inProcess(
                        new NodeInfo(name, devices(settings.job().device(), devices, name)),
                        place -> SimulatedRank.create()),
                    coordinator,
                    ended -> {}),
                name);
          }
          return Behaviors.receive(Void.class)
              .onSignal(Terminated.class, ended -> Behaviors.stopped())
              .build();
        });
  }

  /** Devices of a process of that name. */
  static List<DeviceInfo> devices(String kind, int count, String process) {
    return IntStream.range(0, count)
        .mapToObj(index -> new DeviceInfo(index, kind, "none", 0, process, ""))
        .toList();
  }

  /** A coordinator that leaves nothing on disk. */
  static CoordinatorActor.Parts parts(RunSettings settings, RunListener listener) {
    return new CoordinatorActor.Parts(
        settings, new MemoryJournal(), new NoStore(), listener, TransitionObserver.NONE);
  }
}
