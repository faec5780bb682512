package dev.troupe.train;

import dev.troupe.collectives.comm.Communicator;
import dev.troupe.collectives.device.DataType;
import dev.troupe.collectives.mesh.DeviceMesh;
import dev.troupe.kernels.Accumulate;
import dev.troupe.kernels.Kernels;
import dev.troupe.kernels.cuda.CudaKernelPlan;
import dev.troupe.layer.Pass;
import dev.troupe.model.DryRun;
import dev.troupe.model.Llama;
import dev.troupe.model.LlamaBuilder;
import dev.troupe.model.LlamaLayout;
import dev.troupe.model.RopeTable;
import dev.troupe.optim.AdamW;
import dev.troupe.optim.FlatParameters;
import dev.troupe.optim.GlobalNorm;
import dev.troupe.proto.config.ByteSize;
import dev.troupe.proto.error.TroupeException;
import dev.troupe.proto.spec.JobSpec;
import dev.troupe.proto.spec.Precision;
import dev.troupe.proto.spec.Recompute;
import dev.troupe.proto.spec.Reduction;
import dev.troupe.proto.spec.TrainSpec;
import dev.troupe.tensor.Tensor;
import dev.troupe.tensor.Unbacked;
import dev.troupe.tensor.Workspace;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.function.LongSupplier;

/**
 * Bytes that one rank needs, exactly, before anything is allocated. The workspace part comes from a
 * dry run of a step over memory that does not exist.
 *
 * @param parameters flat parameters in their own type
 * @param gradients flat main gradients, float32
 * @param optimizer this rank's slice of the optimizer state
 * @param copies the copies of other ranks' optimizer states, as many as the rank has wards
 * @param accumulator running sums of the exact reduction where it needs several passes
 * @param activations what forward keeps for backward
 * @param scratch temporary results
 * @param tables rotary angles, token ids, where documents begin, the block sums of the gradient
 *     norm, and digests
 * @param kernels temporary memory of kernels and libraries, on a GPU
 * @param staging where parts of an ordered sum meet, on a GPU
 * @param snapshot host copy of the state while a checkpoint is written
 * @param samples what texts are written with
 * @param kept host copy of the state, and of the copies, between two meshes
 */
public record MemoryPlan(
    long parameters,
    long gradients,
    long optimizer,
    long copies,
    long accumulator,
    long activations,
    long scratch,
    long tables,
    long kernels,
    long staging,
    long snapshot,
    long samples,
    long kept) {

  /** What to do where memory is short. */
  static final String REMEDY =
      "Use a smaller model, train.micro-batch or train.seq-length, train.recompute=full,"
          + " precision=bf16, or more ranks (parallel.tp, parallel.dp).";

  /** The plan of the fullest rank of a job on the mesh that it asks for. */
  public static MemoryPlan of(JobSpec job) {
    return of(job, job.parallel().tp(), job.parallel().dp(), 0);
  }

  /** The plan of rank {@code tpIndex} of a job on a mesh of tp x dp in one process. */
  public static MemoryPlan of(JobSpec job, int tp, int dp, int tpIndex) {
    return of(job, tp, dp, tpIndex, false);
  }

  /**
   * The plan of rank {@code tpIndex} of a job on a mesh of tp x dp.
   *
   * @param processes whether the mesh is of several processes, which keep copies of each other's
   *     states if the job wants them: one a rank, as where no node has more than half of the ranks
   */
  public static MemoryPlan of(JobSpec job, int tp, int dp, int tpIndex, boolean processes) {
    int wards = processes && dp > 1 && job.elastic().copies() ? 1 : 0;
    return job.device().equals("cuda")
        ? of(job, tp, dp, tpIndex, wards, GpuNeeds.beforeThereIsAGpu())
        : of(job, tp, dp, tpIndex, wards, DryRun.kernels(), 0, () -> 0);
  }

  /** The plan of a rank on the CPU. */
  static MemoryPlan of(Assignment assignment) {
    DeviceMesh mesh = assignment.mesh();
    int tpIndex = mesh.coordinate(assignment.rank()).tp();
    return of(
        assignment.job(),
        mesh.tp(),
        mesh.dp(),
        tpIndex,
        assignment.wards(),
        DryRun.kernels(),
        0,
        () -> 0);
  }

  /** The plan of a rank on a GPU that is known. */
  static MemoryPlan of(Assignment assignment, GpuNeeds needs) {
    DeviceMesh mesh = assignment.mesh();
    int tpIndex = mesh.coordinate(assignment.rank()).tp();
    return of(assignment.job(), mesh.tp(), mesh.dp(), tpIndex, assignment.wards(), needs);
  }

  private static MemoryPlan of(
      JobSpec job, int tp, int dp, int tpIndex, int wards, GpuNeeds needs) {
    CudaKernelPlan kernels = needs.kernels();
    long staging = GpuNeeds.staging(tp * dp);
    return of(job, tp, dp, tpIndex, wards, kernels, staging, kernels::temporaryBytes);
  }

  private static MemoryPlan of(
      JobSpec job,
      int tp,
      int dp,
      int tpIndex,
      int wards,
      Kernels kernels,
      long staging,
      LongSupplier kernelBytes) {
    LlamaLayout layout = layout(job, tp, tpIndex);
    DataType type = type(job.precision());
    long elements = FlatParameters.elements(layout.buckets(), dp);
    long owned = elements / dp;
    Workspace workspace = dryRun(job, layout, dp, type, kernels);
    return new MemoryPlan(
        elements * type.bytes(),
        elements * Float.BYTES,
        AdamW.stateBytes(owned, type),
        wards * AdamW.copyBytes(owned),
        passes(job, dp) > 1 ? owned * Float.BYTES : 0,
        workspace.peakActivations(),
        workspace.peakScratch(),
        tables(job, owned, dp),
        kernelBytes.getAsLong(),
        staging,
        3 * owned * Float.BYTES,
        TextSampler.bytes(job, layout),
        (1 + wards) * HeldState.bytes(owned));
  }

  private static long tables(JobSpec job, long owned, int dp) {
    return RopeTable.bytes(job.train().seqLength(), job.model().headDim())
        + Microbatches.bytes(job.train(), job.data().documentMask())
        + GlobalNorm.bytes(owned, dp)
        + (job.integrity().every() > 0 && dp > 1 ? ReplicaCheck.bytes(dp) : 0);
  }

  /** Passes of the gradient reduction a step. */
  static int passes(JobSpec job, int dp) {
    boolean exact = job.parallel().reduction() == Reduction.EXACT;
    return exact ? (job.parallel().virtualShards() + dp - 1) / dp : 1;
  }

  static DataType type(Precision precision) {
    return switch (precision) {
      case FP32 -> DataType.FLOAT32;
      case BF16 -> DataType.BFLOAT16;
    };
  }

  static LlamaLayout layout(JobSpec job, int tp, int tpIndex) {
    return new LlamaLayout(
        job.model(), tp, tpIndex, job.parallel().sequence() && tp > 1, job.train().initStd());
  }

  private static Workspace dryRun(
      JobSpec job, LlamaLayout layout, int dp, DataType type, Kernels kernels) {
    TrainSpec train = job.train();
    Communicator tp = DryRun.communicator(layout.tpIndex(), layout.tp());
    FlatParameters flat =
        FlatParameters.place(layout.buckets(), dp, type, new Unbacked(), new Unbacked());
    Tensor rope =
        Tensor.of(new Unbacked(), DataType.FLOAT32, train.seqLength(), job.model().headDim());
    Llama model =
        new LlamaBuilder(layout, kernels, tp, rope, train.recompute()).build(flat.byName());
    Workspace workspace = Workspace.measuring();
    Pass pass = new Pass(workspace, Accumulate.ASSIGN, train.microBatch(), train.seqLength());
    Tensor ids = Tensor.of(new Unbacked(), DataType.INT32, pass.tokens(), 1);
    model.forwardBackward(ids, ids, 1f, pass, bucket -> {});
    workspace.reset();
    model.losses(ids, ids, pass);
    if (job.samples().every() > 0) {
      workspace.reset();
      Llama whole =
          new LlamaBuilder(layout.whole(), kernels, tp, rope, Recompute.NONE).build(flat.byName());
      TextSampler.dryRun(whole, ids.rows(0, train.seqLength()), type, workspace);
    }
    return workspace;
  }

  /** All that is allocated on the device. */
  public long total() {
    return parameters
        + gradients
        + optimizer
        + copies
        + accumulator
        + activations
        + scratch
        + tables
        + kernels
        + staging
        + samples;
  }

  /**
   * Refuses a plan that does not fit.
   *
   * @param ranks ranks that share the host's memory
   * @throws TroupeException with what takes how much and what could be changed
   */
  public void checkFits(int ranks, long freeBytes) {
    long needed = (total() + snapshot + kept) * ranks;
    if (needed > freeBytes) {
      throw TroupeException.resource(
          """
          not enough memory: %s needed for %d rank(s) on this host, %s free
          %s
          %s"""
              .formatted(ByteSize.text(needed), ranks, ByteSize.text(freeBytes), table(), REMEDY));
    }
  }

  /** What takes how much, a line each. */
  public String table() {
    Map<String, Long> rows = new LinkedHashMap<>();
    rows.put("parameters", parameters);
    rows.put("main gradients", gradients);
    rows.put("optimizer state", optimizer);
    rows.put("wards' copies", copies);
    rows.put("gradient sums", accumulator);
    rows.put("activations", activations);
    rows.put("scratch", scratch);
    rows.put("tables", tables);
    rows.put("kernels", kernels);
    rows.put("ordered sums", staging);
    rows.put("texts", samples);
    rows.put("checkpoint copy", snapshot);
    rows.put("kept on a loss", kept);
    rows.values().removeIf(bytes -> bytes == 0);
    StringBuilder text = new StringBuilder("  a rank:");
    rows.forEach(
        (name, bytes) ->
            text.append(
                String.format(
                    Locale.ROOT,
                    "%n    %-16s %12s  %,d bytes",
                    name,
                    ByteSize.text(bytes),
                    bytes)));
    return text.toString();
  }
}
