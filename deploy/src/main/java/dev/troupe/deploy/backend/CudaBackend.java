package dev.troupe.deploy.backend;

import dev.troupe.checkpoint.Storage;
import dev.troupe.collectives.comm.Communicators;
import dev.troupe.collectives.comm.nccl.GpuCommunicators;
import dev.troupe.collectives.device.cuda.CudaDriver;
import dev.troupe.collectives.device.cuda.CudaLibraries;
import dev.troupe.collectives.device.cuda.Gpus;
import dev.troupe.proto.codec.WorkerFrame;
import dev.troupe.proto.error.Category;
import dev.troupe.train.CudaTrainerFactory;
import dev.troupe.train.TrainerFactory;
import dev.troupe.train.TrainingData;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;

/** GPUs of this machine. */
public final class CudaBackend implements Backend {
  private final Gpus gpus;
  private final int firstDevice;
  private final int devices;
  private final GpuCommunicators communicators;

  private CudaBackend(Gpus gpus, int firstDevice, int devices, Communicators host) {
    this.gpus = gpus;
    this.firstDevice = firstDevice;
    this.devices = devices;
    this.communicators = new GpuCommunicators(host);
  }

  /**
   * Loads CUDA into this process.
   *
   * @param settings what the process is told of GPUs
   * @param host communicators of the ranks' hosts, by which GPUs find each other
   * @throws dev.troupe.proto.error.TroupeException with category RESOURCE where CUDA is not there,
   *     or too few GPUs are
   */
  public static CudaBackend start(GpuSettings settings, Communicators host) {
    CudaLibraries libraries =
        CudaLibraries.find(Optional.ofNullable(settings.libraries()).map(Path::of));
    Gpus gpus =
        new Gpus(libraries, CudaDriver.start(libraries), settings.offset(), settings.shared());
    gpus.require(settings.firstDevice() + settings.devices());
    return new CudaBackend(gpus, settings.firstDevice(), settings.devices(), host);
  }

  @Override
  public List<WorkerFrame.Gpu> gpus() {
    return IntStream.range(firstDevice, firstDevice + devices)
        .mapToObj(gpus::info)
        .map(gpu -> new WorkerFrame.Gpu(gpu.name(), gpu.memoryBytes()))
        .toList();
  }

  @Override
  public Communicators communicators() {
    return communicators;
  }

  @Override
  public TrainerFactory trainers(TrainingData data, Storage storage) {
    return new CudaTrainerFactory(data, storage, gpus, communicators, CudaBackend::endProcess);
  }

  /** A GPU that does not even give up leaves nothing to save: the others go on without us. */
  private static void endProcess(String why) {
    System.err.println(why);
    Runtime.getRuntime().halt(Category.PEER.exitCode());
  }
}
