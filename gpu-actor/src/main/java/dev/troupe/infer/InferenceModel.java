package dev.troupe.infer;

import dev.troupe.checkpoint.CheckpointReader;
import dev.troupe.checkpoint.Region;
import dev.troupe.checkpoint.StateKind;
import dev.troupe.collectives.comm.Communicator;
import dev.troupe.collectives.comm.local.LocalCommunicators;
import dev.troupe.collectives.device.DataType;
import dev.troupe.collectives.device.Device;
import dev.troupe.collectives.device.DeviceBuffer;
import dev.troupe.collectives.mesh.DeviceMesh;
import dev.troupe.kernels.Accumulate;
import dev.troupe.kernels.Kernels;
import dev.troupe.layer.Parameter;
import dev.troupe.layer.ParameterSpec;
import dev.troupe.layer.ParameterSpec.Piece;
import dev.troupe.layer.Pass;
import dev.troupe.model.DryRun;
import dev.troupe.model.KeyValueCache;
import dev.troupe.model.Llama;
import dev.troupe.model.LlamaBuilder;
import dev.troupe.model.LlamaLayout;
import dev.troupe.model.RopeFrequencies;
import dev.troupe.model.RopeTable;
import dev.troupe.proto.spec.ModelSpec;
import dev.troupe.proto.spec.Recompute;
import dev.troupe.tensor.Tensor;
import dev.troupe.tensor.Unbacked;
import dev.troupe.tensor.Workspace;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.Map;

/**
 * The weights of a checkpoint, float32, on one device, without gradients or optimizer: for
 * generation and evaluation. Any checkpoint will do, whatever mesh it was saved from.
 *
 * <p>Owns its memory. Not thread-safe.
 */
public final class InferenceModel implements AutoCloseable {
  /** Token rows of one forward pass at most. */
  static final int CHUNK = 512;

  private final Device device;
  private final ModelSpec spec;
  private final Llama model;
  private final Workspace workspace;
  private final Tensor ids;
  private final Tensor targets;
  private final Deque<AutoCloseable> owned = new ArrayDeque<>();

  /**
   * Loads a checkpoint's weights.
   *
   * @param rows token rows of the largest evaluation batch
   */
  public InferenceModel(Device device, Kernels kernels, CheckpointReader reader, int rows) {
    this.device = device;
    this.spec = reader.info().model();
    LlamaLayout layout = new LlamaLayout(spec, 1, 0, false, 0);
    try {
      Communicator alone =
          own(new LocalCommunicators().open(0, new DeviceMesh(1, 1).tensorGroup(0), 0));
      int positions = spec.maxSeq();
      Tensor rope =
          RopeTable.fill(
              device,
              own(RopeTable.allocate(device, positions, spec.headDim())),
              positions,
              RopeFrequencies.of(spec));
      Map<String, Parameter> parameters = new HashMap<>();
      for (LlamaLayout.Bucket bucket : layout.buckets()) {
        for (ParameterSpec parameter : bucket.parameters()) {
          parameters.put(parameter.name(), load(parameter, reader));
        }
      }
      model = new LlamaBuilder(layout, kernels, alone, rope, Recompute.NONE).build(parameters);
      int most = Math.max(rows, CHUNK);
      Workspace plan = measure(layout, parameters, most);
      workspace =
          new Workspace(
              own(device.allocate(plan.peakActivations())),
              own(device.allocate(plan.peakScratch())));
      DeviceBuffer tokens = own(device.allocate(2L * most * Integer.BYTES));
      ids = new Tensor(tokens, 0, DataType.INT32, most, 1, 1);
      targets = new Tensor(tokens, (long) most * Integer.BYTES, DataType.INT32, most, 1, 1);
    } catch (RuntimeException e) {
      close();
      throw e;
    }
  }

  private <T extends AutoCloseable> T own(T resource) {
    owned.push(resource);
    return resource;
  }

  private Parameter load(ParameterSpec parameter, CheckpointReader reader) {
    long bytes = parameter.elements() * Float.BYTES;
    DeviceBuffer buffer = own(device.allocate(bytes));
    Tensor value = Tensor.of(buffer, DataType.FLOAT32, parameter.rows(), parameter.cols());
    long rowBytes = (long) parameter.cols() * Float.BYTES;
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment host = arena.allocate(bytes, 64);
      for (Piece p : parameter.pieces()) {
        Region region = new Region(p.tensor(), p.row(), p.rows(), p.col(), parameter.cols());
        reader.read(StateKind.WEIGHT, region, host, p.localRow() * rowBytes, rowBytes);
      }
      device.write(host, value.view());
    }
    Tensor noGradient =
        Tensor.of(new Unbacked(), DataType.FLOAT32, parameter.rows(), parameter.cols());
    return new Parameter(parameter, value, noGradient);
  }

  /** What a chunk of new positions and an evaluation batch need, by a dry run of both. */
  private static Workspace measure(
      LlamaLayout layout, Map<String, Parameter> parameters, int most) {
    ModelSpec spec = layout.model();
    Tensor rope = Tensor.of(new Unbacked(), DataType.FLOAT32, spec.maxSeq(), spec.headDim());
    Llama dry =
        new LlamaBuilder(layout, DryRun.kernels(), DryRun.communicator(0, 1), rope, Recompute.NONE)
            .build(parameters);
    Workspace workspace = Workspace.measuring();
    Tensor ids = Tensor.of(new Unbacked(), DataType.INT32, most, 1);
    dry.losses(ids, ids, new Pass(workspace, Accumulate.ASSIGN, 1, most));
    workspace.reset();
    dry.extend(ids, dry.newCache(new Unbacked(), DataType.FLOAT32, most), workspace);
    return workspace;
  }

  /** The model's dimensions. */
  public ModelSpec spec() {
    return spec;
  }

  /** Most positions a sequence can have. */
  public int maxPositions() {
    return spec.maxSeq();
  }

  /** An empty cache. */
  public KeyValueCache newCache(int capacity) {
    return model.newCache(device, DataType.FLOAT32, capacity);
  }

  /** Appends tokens to a cache and returns the logits of the token that follows, vocab() values. */
  public float[] extend(KeyValueCache cache, int[] tokens) {
    float[] logits = new float[spec.vocab()];
    for (int from = 0; from < tokens.length; from += CHUNK) {
      int count = Math.min(CHUNK, tokens.length - from);
      Tensor part = ids.rows(0, count);
      upload(tokens, from, part);
      Tensor result = model.extend(part, cache, workspace);
      download(result, logits);
      workspace.reset();
    }
    return logits;
  }

  /** Losses in nats of every target of some sequences of equal length, row-major. */
  public float[] losses(int[] inputs, int[] next, int sequences, int length) {
    int rows = sequences * length;
    upload(inputs, 0, ids.rows(0, rows));
    upload(next, 0, targets.rows(0, rows));
    Pass pass = new Pass(workspace, Accumulate.ASSIGN, sequences, length);
    Tensor result = model.losses(ids.rows(0, rows), targets.rows(0, rows), pass);
    float[] losses = new float[rows];
    download(result, losses);
    workspace.reset();
    return losses;
  }

  private void upload(int[] values, int from, Tensor to) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment host = arena.allocate(ValueLayout.JAVA_INT, to.rows());
      MemorySegment.copy(values, from, host, ValueLayout.JAVA_INT, 0, to.rows());
      device.write(host, to.view());
    }
  }

  private void download(Tensor from, float[] values) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment host = arena.allocate(ValueLayout.JAVA_FLOAT, values.length);
      device.read(from.view().slice(0, values.length), host);
      MemorySegment.copy(host, ValueLayout.JAVA_FLOAT, 0, values, 0, values.length);
    }
  }

  @Override
  public void close() {
    while (!owned.isEmpty()) {
      try {
        owned.pop().close();
      } catch (Exception e) {
        throw new IllegalStateException("closing a model failed", e);
      }
    }
  }
}
