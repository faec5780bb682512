package dev.troupe.deploy.worker;

import com.typesafe.config.ConfigFactory;
import dev.troupe.actor.GpuActor;
import dev.troupe.actor.RankRuntime;
import dev.troupe.deploy.chaos.inject.WorkerFaults;
import dev.troupe.deploy.local.LocalRun;
import dev.troupe.deploy.report.RunLogging;
import dev.troupe.proto.codec.WorkerFrame;
import dev.troupe.proto.codec.WorkerFrames;
import dev.troupe.proto.error.TroupeException;
import dev.troupe.proto.message.AgentCommand;
import dev.troupe.proto.message.InjectFault;
import dev.troupe.proto.message.RankReport;
import dev.troupe.proto.message.StartRank;
import dev.troupe.proto.message.WorkerCommand;
import dev.troupe.proto.spec.JobSpec;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.javadsl.ActorContext;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The actors of a worker process: a GPU actor a rank, and one that sends their reports. */
final class WorkerActors {
  private static final Logger LOG = LoggerFactory.getLogger(WorkerActors.class);

  private final RankRuntime runtime;
  private final FrameChannel link;
  private final WorkerSettings settings;
  private final Optional<WorkerFaults> faults;
  private final ActorSystem<WorkerFrame.Letter> system;
  private final WorkerFrames frames;
  private final AtomicBoolean logging = new AtomicBoolean();

  /**
   * Starts the actors.
   *
   * @param link leads to the agent
   * @param faults where orders of faults go; empty: they are refused
   */
  WorkerActors(
      RankRuntime runtime,
      FrameChannel link,
      WorkerSettings settings,
      Optional<WorkerFaults> faults) {
    this.faults = faults;
    this.runtime = runtime;
    this.link = link;
    this.settings = settings;
    CompletableFuture<ActorRef<AgentCommand>> uplink = new CompletableFuture<>();
    this.system =
        ActorSystem.create(
            guardian(uplink),
            "troupe-worker",
            ConfigFactory.parseResources(LocalRun.class, "local-run.conf")
                .withFallback(ConfigFactory.defaultReference())
                .resolve());
    this.frames = WorkerFrames.ofWorker(uplink.join());
  }

  private Behavior<WorkerFrame.Letter> guardian(CompletableFuture<ActorRef<AgentCommand>> uplink) {
    return Behaviors.setup(
        context -> {
          uplink.complete(context.spawn(uplink(), "uplink"));
          Map<Integer, ActorRef<WorkerCommand>> ranks = new HashMap<>();
          return Behaviors.receive(WorkerFrame.Letter.class)
              .onAnyMessage(
                  letter -> {
                    deliver(context, ranks, letter);
                    return Behaviors.same();
                  })
              .build();
        });
  }

  private void deliver(
      ActorContext<WorkerFrame.Letter> context,
      Map<Integer, ActorRef<WorkerCommand>> ranks,
      WorkerFrame.Letter letter) {
    if (letter.message() instanceof StartRank start) {
      String name =
          "rank-%d-%d-%d".formatted(letter.rank(), start.fence().term(), start.fence().epoch());
      ranks.put(letter.rank(), context.spawn(GpuActor.create(runtime), name));
      logTo(start);
    }
    if (letter.message() instanceof InjectFault order) {
      faults.ifPresentOrElse(
          obeying -> obeying.order(order),
          () -> LOG.warn("refused fault {}: not started for fault injection", order.id()));
      return;
    }
    ActorRef<WorkerCommand> rank = ranks.get(letter.rank());
    if (rank != null && letter.message() instanceof WorkerCommand command) {
      rank.tell(command);
    }
  }

  /** With the first rank the run's folder is known. */
  private void logTo(StartRank start) {
    if (!logging.compareAndSet(false, true)) {
      return;
    }
    try {
      JobSpec job = runtime.jobs().apply(start.job().jobText());
      Path folder = Files.createDirectories(Path.of(job.runDir()).resolve("logs"));
      RunLogging unused =
          RunLogging.to(
              folder.resolve(settings.process() + ".log"), job.logFormat(), settings.node());
    } catch (IOException | TroupeException e) {
      LOG.warn("no log file in the run's folder: {}", e.toString());
    }
  }

  private Behavior<AgentCommand> uplink() {
    return Behaviors.receive(AgentCommand.class)
        .onMessage(
            RankReport.class,
            report -> {
              send(new WorkerFrame.Letter(report.rank(), report));
              return Behaviors.same();
            })
        .build();
  }

  /** Sends a frame; an agent that is gone is seen where frames are received. */
  void send(WorkerFrame frame) {
    try {
      link.send(frames.write(frame));
    } catch (IOException e) {
      LOG.info("the agent is not reached any more: {}", e.toString());
    }
  }

  /**
   * Does what the agent sends; returns when the link closes. A sign of life is given on this
   * thread, however busy the ranks are.
   */
  void serve() throws IOException {
    byte[] frame;
    while ((frame = link.receive()) != null) {
      switch (frames.read(frame)) {
        case WorkerFrame.Letter letter -> system.tell(letter);
        case WorkerFrame.Ping ping -> send(new WorkerFrame.Pong());
        case WorkerFrame.Pong pong -> {}
        case WorkerFrame.Hello hello -> {}
      }
    }
  }
}
