package dev.troupe.train;

import dev.troupe.collectives.comm.nccl.GpuCommunicators;
import dev.troupe.collectives.comm.nccl.NcclCommunicators;
import dev.troupe.collectives.comm.nccl.NcclSettings;
import dev.troupe.collectives.device.cuda.CudaBuffer;
import dev.troupe.collectives.device.cuda.CudaDevice;
import dev.troupe.collectives.device.cuda.CudaLibrary;
import dev.troupe.collectives.device.cuda.CudaModule;
import dev.troupe.collectives.device.cuda.GpuInfo;
import dev.troupe.collectives.device.cuda.Gpus;
import dev.troupe.collectives.mesh.DeviceMesh;
import dev.troupe.kernels.cuda.CublasLtMatmul;
import dev.troupe.kernels.cuda.CudaKernels;
import dev.troupe.kernels.cuda.CudaRankSum;
import dev.troupe.kernels.cuda.KernelImage;
import dev.troupe.kernels.cuda.cublas.Choice;
import dev.troupe.proto.error.Category;
import dev.troupe.proto.error.TroupeException;
import dev.troupe.proto.spec.JobSpec;
import dev.troupe.proto.spec.Reduction;
import dev.troupe.trace.GpuClock;
import dev.troupe.trace.NvtxRanges;
import dev.troupe.trace.Tracer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Consumer;

/** Puts together what a rank on a GPU computes with. */
final class GpuRank {
  /** How long NCCL may take to give up, before the process is ended instead. */
  private static final Duration ABORT_LIMIT = Duration.ofSeconds(5);

  /** What the pieces of the plan are rounded up by, all together. */
  private static final long ROUNDING = 1L << 20;

  private GpuRank() {}

  /**
   * Opens the rank's GPU on this thread, with all memory that the rank will ever use.
   *
   * @throws TroupeException with category RESOURCE where a library is missing or memory is short
   */
  static RankBackend open(
      Assignment assignment,
      Gpus gpus,
      GpuCommunicators communicators,
      Consumer<String> onHungAbort) {
    JobSpec job = assignment.job();
    GpuInfo gpu = gpus.info(assignment.device());
    gpus.libraries().load(CudaLibrary.CUBLAS_LT);
    DeviceMesh mesh = assignment.mesh();
    int tpIndex = mesh.coordinate(assignment.rank()).tp();
    AttentionChoice attention =
        AttentionChoice.of(job, MemoryPlan.layout(job, mesh.tp(), tpIndex), gpus.libraries(), gpu);
    try {
      MemoryPlan plan =
          MemoryPlan.of(
              assignment,
              new GpuNeeds(CublasLtMatmul.temporaryBytes(gpu), attention::temporaryBytes));
      return open(assignment, gpus, gpu, attention, plan, communicators, onHungAbort);
    } catch (RuntimeException e) {
      attention.discard();
      throw e;
    }
  }

  private static RankBackend open(
      Assignment assignment,
      Gpus gpus,
      GpuInfo gpu,
      AttentionChoice attention,
      MemoryPlan plan,
      GpuCommunicators communicators,
      Consumer<String> onHungAbort) {
    CudaDevice device = device(gpus, gpu, plan);
    try {
      return on(device, assignment, gpus, attention, plan, communicators, onHungAbort);
    } catch (RuntimeException e) {
      device.close();
      throw e;
    }
  }

  private static CudaDevice device(Gpus gpus, GpuInfo gpu, MemoryPlan plan) {
    try {
      return CudaDevice.open(gpus.driver(), gpu.index(), plan.total() + ROUNDING);
    } catch (TroupeException e) {
      if (e.category() != Category.RESOURCE) {
        throw e;
      }
      throw TroupeException.resource(
          "%s%n%s%n%s".formatted(e.getMessage(), plan.table(), MemoryPlan.REMEDY));
    }
  }

  private static RankBackend on(
      CudaDevice device,
      Assignment assignment,
      Gpus gpus,
      AttentionChoice attention,
      MemoryPlan plan,
      GpuCommunicators communicators,
      Consumer<String> onHungAbort) {
    JobSpec job = assignment.job();
    CudaModule module = device.load(KernelImage.load());
    CudaBuffer temporaries = device.allocate(plan.kernels());
    CudaKernels kernels =
        new CudaKernels(
            device,
            module,
            new CublasLtMatmul(
                device, temporaries, 0, job.parallel().reduction() == Reduction.EXACT, tuning(job)),
            attention.make(device, module, temporaries),
            temporaries);
    try {
      Tracer tracer = tracer(assignment, device, gpus);
      NcclCommunicators nccl = nccl(device, module, job, gpus, plan, communicators, onHungAbort);
      long epoch = assignment.epoch();
      communicators.add(epoch, nccl);
      AutoCloseable connections =
          () -> {
            communicators.remove(epoch, nccl);
            nccl.close();
          };
      return new RankBackend(device, kernels, nccl, tracer, plan, device::takenBytes, connections);
    } catch (RuntimeException e) {
      kernels.close();
      throw e;
    }
  }

  /** Ranks that agree bit for bit take the library's own choice, which is the same everywhere. */
  private static Choice tuning(JobSpec job) {
    boolean free = job.parallel().reduction() == Reduction.FAST;
    return new Choice(free && job.cuda().tune(), Optional.of(Path.of(job.cuda().tuneCache())));
  }

  private static Tracer tracer(Assignment assignment, CudaDevice device, Gpus gpus) {
    Tracer.Ranges ranges =
        assignment.job().profile().steps() > 0
            ? NvtxRanges.find(gpus.libraries().folders())
            : Tracer.Ranges.NONE;
    return assignment.tracer(new GpuClock(device), device.compute(), ranges);
  }

  private static NcclCommunicators nccl(
      CudaDevice device,
      CudaModule module,
      JobSpec job,
      Gpus gpus,
      MemoryPlan plan,
      GpuCommunicators communicators,
      Consumer<String> onHungAbort) {
    return new NcclCommunicators(
        device,
        gpus.libraries(),
        communicators,
        new CudaRankSum(module),
        device.allocate(plan.staging()),
        new NcclSettings(
            Duration.ofSeconds(job.cuda().collectiveTimeout()),
            ABORT_LIMIT,
            job.parallel().reduction() == Reduction.EXACT),
        onHungAbort);
  }
}
