package dev.troupe.train;

import dev.troupe.collectives.comm.Communicator;
import dev.troupe.collectives.device.BufferView;
import dev.troupe.collectives.device.DataType;
import dev.troupe.collectives.device.Device;
import dev.troupe.collectives.device.DeviceBuffer;
import dev.troupe.kernels.Kernels;
import dev.troupe.model.KeyValueCache;
import dev.troupe.model.Llama;
import dev.troupe.model.LlamaLayout;
import dev.troupe.model.Span;
import dev.troupe.proto.spec.JobSpec;
import dev.troupe.tensor.Tensor;
import dev.troupe.tensor.Workspace;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.List;

/**
 * Writes texts with the weights of a model that is being trained, and changes nothing of it: it
 * shares the training's workspace between steps and owns a cache for one sequence. Every rank of
 * the tensor-parallel group calls it with the same prompt; all of them get all logits, the same
 * bits, and so choose the same tokens.
 */
final class TextSampler implements AutoCloseable {
  private static final long ALIGNMENT = 256;

  private final Device device;
  private final Kernels kernels;
  private final Communicator tp;
  private final Llama model;
  private final Workspace workspace;
  private final LlamaLayout layout;
  private final DataType type;
  private final int positions;

  /** The cache, then the logits of all ranks, then the ids. */
  private final DeviceBuffer memory;

  private final BufferView logits;
  private final long firstId;
  private final Arena arena = Arena.ofShared();
  private final MemorySegment host;

  /**
   * Allocates what it needs.
   *
   * @param model over the trained parameters, without sequence parallelism: what it is given is of
   *     any length
   */
  TextSampler(
      Device device,
      Kernels kernels,
      Communicator tp,
      Llama model,
      Workspace workspace,
      LlamaLayout layout,
      JobSpec job) {
    this.device = device;
    this.kernels = kernels;
    this.tp = tp;
    this.model = model;
    this.workspace = workspace;
    this.layout = layout;
    this.type = MemoryPlan.type(job.precision());
    this.positions = job.train().seqLength();
    this.memory = device.allocate(bytes(job, layout));
    long afterCache = cacheBytes(job, layout);
    this.logits =
        new BufferView(memory, afterCache, logitsBytes(layout) / Float.BYTES, DataType.FLOAT32);
    this.firstId = afterCache + logitsBytes(layout);
    this.host = arena.allocate(Math.max(logits.bytes(), idBytes(job)), ALIGNMENT);
  }

  /** Bytes on the device; 0 where the job wants no texts. */
  static long bytes(JobSpec job, LlamaLayout layout) {
    return job.samples().every() == 0
        ? 0
        : cacheBytes(job, layout) + logitsBytes(layout) + idBytes(job);
  }

  private static long cacheBytes(JobSpec job, LlamaLayout layout) {
    int width = layout.kvHeads() * layout.model().headDim();
    long bytes =
        KeyValueCache.bytes(
            MemoryPlan.type(job.precision()),
            layout.model().layers(),
            job.train().seqLength(),
            width);
    return Math.ceilDiv(bytes, ALIGNMENT) * ALIGNMENT;
  }

  /** A multiple of the alignment: so is a rank's part of the vocabulary. */
  private static long logitsBytes(LlamaLayout layout) {
    return (long) layout.tp() * layout.vocabRows() * Float.BYTES;
  }

  private static long idBytes(JobSpec job) {
    return (long) job.train().seqLength() * Integer.BYTES;
  }

  /** Takes, of a dry run's workspace, what a prompt of any length takes. */
  static void dryRun(Llama model, Tensor ids, DataType type, Workspace workspace) {
    KeyValueCache sequence = model.newCache(ids.buffer(), type, ids.rows());
    model.extend(ids, List.of(new Span(sequence, ids.rows())), workspace);
    workspace.reset();
  }

  /** What the model adds to one of the prompts. */
  String text(SamplePrompts prompts, int index) {
    int width = layout.kvHeads() * layout.model().headDim();
    int rows = 2 * layout.model().layers() * positions;
    kernels.zero(Tensor.of(memory, type, rows, width));
    KeyValueCache sequence = model.newCache(memory, type, positions); // not closed: it is lent
    return prompts.text(index, tokens -> extend(tokens, sequence));
  }

  private float[] extend(int[] tokens, KeyValueCache sequence) {
    Tensor ids = new Tensor(memory, firstId, DataType.INT32, tokens.length, 1, 1);
    MemorySegment.copy(tokens, 0, host, ValueLayout.JAVA_INT, 0, tokens.length);
    device.write(host.asSlice(0, (long) tokens.length * Integer.BYTES), ids.view());
    List<Span> spans = List.of(new Span(sequence, tokens.length));
    tp.allGather(model.extend(ids, spans, workspace).view(), logits).await();
    device.read(logits, host.asSlice(0, logits.bytes()));
    workspace.reset();
    tp.check();
    float[] values = new float[layout.model().vocab()];
    MemorySegment.copy(host, ValueLayout.JAVA_FLOAT, 0, values, 0, values.length);
    return values;
  }

  @Override
  public void close() {
    arena.close();
    memory.close();
  }
}
