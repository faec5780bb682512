package dev.troupe.deploy.backend;

import dev.troupe.collectives.comm.local.LocalCommunicators;
import dev.troupe.collectives.device.cpu.CpuMemory;
import dev.troupe.proto.error.TroupeException;
import dev.troupe.proto.spec.CudaSpec;
import dev.troupe.proto.spec.JobSpec;

/** The backend of a job whose ranks are all in this process. */
public final class LocalBackend {
  private LocalBackend() {}

  /**
   * The backend that the job names.
   *
   * @throws TroupeException where it is not to be had on this machine
   */
  public static Backend of(JobSpec job) {
    if (!job.device().equals("cuda")) {
      return new CpuBackend(new LocalCommunicators(), CpuMemory.PRIVATE);
    }
    CudaSpec cuda = job.cuda();
    int ranks = job.parallel().worldSize();
    if (cuda.shareGpu() && ranks > 1) {
      throw TroupeException.usage(
          "cuda.share-gpu needs a process for each rank: use troupe launch instead of troupe train");
    }
    return CudaBackend.start(
        new GpuSettings(cuda.libraries(), 0, 0, ranks, cuda.shareGpu()), new LocalCommunicators());
  }
}
