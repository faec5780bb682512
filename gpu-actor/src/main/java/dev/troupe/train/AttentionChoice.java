package dev.troupe.train;

import dev.troupe.collectives.device.DataType;
import dev.troupe.collectives.device.cuda.CudaBuffer;
import dev.troupe.collectives.device.cuda.CudaDevice;
import dev.troupe.collectives.device.cuda.CudaLibraries;
import dev.troupe.collectives.device.cuda.CudaLibrary;
import dev.troupe.collectives.device.cuda.CudaModule;
import dev.troupe.collectives.device.cuda.GpuInfo;
import dev.troupe.kernels.AttentionShape;
import dev.troupe.kernels.cuda.Attention;
import dev.troupe.kernels.cuda.CudnnAttention;
import dev.troupe.kernels.cuda.FlashAttention;
import dev.troupe.kernels.cuda.cudnn.AttentionPlans;
import dev.troupe.kernels.cuda.cudnn.DeviceProperties;
import dev.troupe.model.LlamaLayout;
import dev.troupe.proto.error.TroupeException;
import dev.troupe.proto.spec.CudaAttention;
import dev.troupe.proto.spec.JobSpec;
import dev.troupe.proto.spec.Reduction;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Which attention a rank uses: the one that the job names; else cuDNN's where it is there, computes
 * the job's shape and the job asks neither for the same bits every time nor for a document mask,
 * else our own.
 */
final class AttentionChoice {
  private static final Logger LOG = LoggerFactory.getLogger(AttentionChoice.class);

  private final @Nullable AttentionPlans plans;

  private AttentionChoice(@Nullable AttentionPlans plans) {
    this.plans = plans;
  }

  /**
   * Chooses, and says so in the log.
   *
   * @param layout what the rank holds
   * @throws TroupeException where the job names cuDNN and it does not do
   */
  static AttentionChoice of(JobSpec job, LlamaLayout layout, CudaLibraries libraries, GpuInfo gpu) {
    boolean exact = job.parallel().reduction() == Reduction.EXACT;
    boolean named = job.cuda().attention() == CudaAttention.CUDNN;
    if (named && exact) {
      throw TroupeException.usage(
          "cuda.attention = cudnn does not give the same bits every time, which parallel.reduction = exact promises; give flash, or reduction = fast");
    }
    if (job.data().documentMask()) {
      return flash("the job has a document mask");
    }
    if (!named && (exact || job.cuda().attention() == CudaAttention.FLASH)) {
      return flash("the job asks for it, or for exact sums");
    }
    if (!named && !libraries.has(CudaLibrary.CUDNN)) {
      return flash("there is no cuDNN");
    }
    libraries.load(CudaLibrary.CUDNN);
    AttentionPlans plans =
        new AttentionPlans(DeviceProperties.ofGpu(gpu.index()), gpu.architecture(), false);
    AttentionShape shape = shape(job, layout);
    DataType type = MemoryPlan.type(job.precision());
    if (plans.supports(shape, type)) {
      LOG.info("attention by cuDNN");
      return new AttentionChoice(plans);
    }
    plans.close();
    if (named) {
      throw TroupeException.usage(
          "cuda.attention = cudnn does not compute %s of %s here; give flash"
              .formatted(shape, type));
    }
    return flash("cuDNN does not compute " + shape);
  }

  private static AttentionChoice flash(String why) {
    LOG.info("attention by kernels of our own: {}", why);
    return new AttentionChoice(null);
  }

  private static AttentionShape shape(JobSpec job, LlamaLayout layout) {
    int length = job.train().seqLength();
    return new AttentionShape(
        job.train().microBatch(),
        length,
        length,
        layout.heads(),
        layout.kvHeads(),
        job.model().headDim());
  }

  /** Temporary memory of an attention of the job. */
  long temporaryBytes(AttentionShape shape, DataType type) {
    return plans == null ? FlashAttention.deltaBytes(shape) : plans.temporaryBytes(shape);
  }

  /** The attention, which owns what was found out here. */
  Attention make(CudaDevice device, CudaModule module, CudaBuffer temporaries) {
    return plans == null
        ? new FlashAttention(device, module, temporaries)
        : new CudnnAttention(device, plans, temporaries);
  }

  /** Where no attention was made. */
  void discard() {
    if (plans != null) {
      plans.close();
    }
  }
}
