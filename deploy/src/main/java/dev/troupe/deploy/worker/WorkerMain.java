package dev.troupe.deploy.worker;

import dev.troupe.actor.RankRuntime;
import dev.troupe.checkpoint.FileStorage;
import dev.troupe.checkpoint.Storage;
import dev.troupe.collectives.comm.Communicators;
import dev.troupe.collectives.comm.link.DataPlane;
import dev.troupe.collectives.comm.link.LinkSettings;
import dev.troupe.collectives.comm.local.LocalCommunicators;
import dev.troupe.collectives.comm.place.PlacedCommunicators;
import dev.troupe.collectives.comm.shared.SharedCommunicators;
import dev.troupe.collectives.comm.shared.SharedMemory;
import dev.troupe.collectives.device.cpu.CpuMemory;
import dev.troupe.deploy.backend.Backend;
import dev.troupe.deploy.backend.CpuBackend;
import dev.troupe.deploy.backend.CudaBackend;
import dev.troupe.deploy.backend.GpuSettings;
import dev.troupe.deploy.chaos.inject.WorkerFaults;
import dev.troupe.proto.codec.WorkerFrame;
import dev.troupe.proto.config.JobConfig;
import dev.troupe.proto.error.TroupeException;
import dev.troupe.train.StateVault;
import dev.troupe.train.TrainerFactory;
import java.io.IOException;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.SocketChannel;
import java.util.Optional;
import sun.misc.Signal;
import sun.misc.SignalHandler;

/**
 * A worker process: holds GPU actors and does what its agent sends, until the link to the agent
 * closes. It then ends at once, whatever is under way: an agent that died must leave nothing
 * behind. Started by {@link WorkerProcess}.
 */
public final class WorkerMain {
  private WorkerMain() {}

  /** Never returns. */
  public static void main(String[] arguments) {
    // A terminal's Ctrl-C goes to every process of the run; who launched it decides.
    Signal.handle(new Signal("INT"), SignalHandler.SIG_IGN);
    Signal.handle(new Signal("HUP"), SignalHandler.SIG_IGN);
    int exitCode = 0;
    try {
      serve(WorkerSettings.of(arguments));
    } catch (TroupeException e) {
      System.err.println(e.getMessage());
      exitCode = e.category().exitCode();
    } catch (IOException e) {
      System.err.println("the agent is not reached: " + e.getMessage());
      exitCode = 5;
    }
    // Not exit: a rank that hangs in native code must not keep the process.
    Runtime.getRuntime().halt(exitCode);
  }

  private static void serve(WorkerSettings settings) throws IOException {
    settings.sharedMemory().ifPresent(SharedMemory::removeStale);
    Optional<SharedMemory> shared =
        settings.sharedMemory().map(root -> SharedMemory.create(root, settings.process()));
    try (DataPlane plane = plane(settings);
        SocketChannel socket = SocketChannel.open(UnixDomainSocketAddress.of(settings.socket()));
        FrameChannel link = new FrameChannel(socket)) {
      Backend backend = backend(settings, plane, shared);
      Optional<WorkerFaults> faults =
          settings.faults() ? Optional.of(new WorkerFaults()) : Optional.empty();
      Storage storage = faults.map(WorkerFaults::storage).orElseGet(FileStorage::new);
      try (JobTrainers trainers = new JobTrainers(backend, storage)) {
        TrainerFactory factory = faults.isPresent() ? faults.get().around(trainers) : trainers;
        RankRuntime runtime =
            new RankRuntime(
                settings.process(),
                factory,
                backend.communicators(),
                JobConfig::parse,
                new StateVault());
        if (settings.warmUp() && settings.gpus().isEmpty()) {
          WarmUp.run();
        }
        WorkerActors actors = new WorkerActors(runtime, link, settings, faults);
        actors.send(
            new WorkerFrame.Hello(
                settings.process(),
                ProcessHandle.current().pid(),
                plane.endpoint(),
                backend.gpus()));
        actors.serve();
      }
    } finally {
      shared.ifPresent(SharedMemory::close);
    }
  }

  private static Backend backend(
      WorkerSettings settings, DataPlane plane, Optional<SharedMemory> shared) {
    Communicators host =
        new PlacedCommunicators(
            new LocalCommunicators(), shared.map(SharedCommunicators::new), plane.communicators());
    Optional<GpuSettings> gpus = settings.gpus();
    return gpus.isPresent()
        ? CudaBackend.start(gpus.get(), host)
        : new CpuBackend(host, shared.<CpuMemory>map(own -> own).orElse(CpuMemory.PRIVATE));
  }

  private static DataPlane plane(WorkerSettings settings) {
    return switch (settings.data()) {
      case TCP -> DataPlane.tcp(settings.host(), 0, LinkSettings.DEFAULT);
      case AERON_UDP ->
          DataPlane.aeronUdp(
              settings.host(), 0, settings.aeronDirectory().orElseThrow(), LinkSettings.DEFAULT);
    };
  }
}
