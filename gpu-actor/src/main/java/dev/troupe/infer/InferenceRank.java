package dev.troupe.infer;

import dev.troupe.checkpoint.CheckpointReader;
import dev.troupe.checkpoint.Region;
import dev.troupe.checkpoint.StateKind;
import dev.troupe.collectives.comm.Communicator;
import dev.troupe.collectives.device.DataType;
import dev.troupe.collectives.device.DeviceBuffer;
import dev.troupe.collectives.device.cpu.CpuDevice;
import dev.troupe.kernels.Accumulate;
import dev.troupe.kernels.Kernels;
import dev.troupe.kernels.cpu.CpuKernels;
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
import dev.troupe.model.Span;
import dev.troupe.proto.spec.ModelSpec;
import dev.troupe.proto.spec.Recompute;
import dev.troupe.tensor.Tensor;
import dev.troupe.tensor.Unbacked;
import dev.troupe.tensor.Workspace;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * One tensor-parallel rank of a model at work: its part of the weights, float32, its workspace and
 * its end of the group. Owns all of them.
 *
 * <p>Threading: all ranks of the group compute together, each on one thread at a time.
 */
final class InferenceRank implements AutoCloseable {
  private final LlamaLayout layout;
  private final CpuDevice device;
  private final Llama model;
  private final Workspace workspace;
  private final Tensor ids;
  private final Tensor targets;
  private final Deque<AutoCloseable> owned = new ArrayDeque<>();

  /**
   * Loads a rank's part of a checkpoint's weights.
   *
   * @param threads of the processor that it computes with
   * @param tp its end of the group; closed with the rank
   */
  InferenceRank(
      LlamaLayout layout,
      int threads,
      Communicator tp,
      CheckpointReader reader,
      InferenceModel.Room room) {
    this.layout = layout;
    ModelSpec spec = layout.model();
    try {
      own(tp);
      device = own(new CpuDevice("cpu:" + layout.tpIndex(), threads));
      Kernels kernels = own(new CpuKernels(device));
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
      model = new LlamaBuilder(layout, kernels, tp, rope, Recompute.NONE).build(parameters);
      Workspace plan = measure(layout, parameters, room);
      workspace =
          new Workspace(
              own(device.allocate(plan.peakActivations())),
              own(device.allocate(plan.peakScratch())));
      int most = Math.max(room.evaluationRows(), InferenceModel.CHUNK);
      DeviceBuffer tokens = own(device.allocate(2L * most * Integer.BYTES));
      ids = new Tensor(tokens, 0, DataType.INT32, most, 1, 1);
      targets = new Tensor(tokens, (long) most * Integer.BYTES, DataType.INT32, most, 1, 1);
    } catch (RuntimeException | Error e) {
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

  /** What an evaluation batch and a step of many sequences need, by a dry run of both. */
  private static Workspace measure(
      LlamaLayout layout, Map<String, Parameter> parameters, InferenceModel.Room room) {
    ModelSpec spec = layout.model();
    Tensor rope = Tensor.of(new Unbacked(), DataType.FLOAT32, spec.maxSeq(), spec.headDim());
    Llama dry =
        new LlamaBuilder(
                layout,
                DryRun.kernels(),
                DryRun.communicator(layout.tpIndex(), layout.tp()),
                rope,
                Recompute.NONE)
            .build(parameters);
    Workspace workspace = Workspace.measuring();
    if (room.evaluationRows() > 0) {
      int rows = room.evaluationRows();
      Tensor ids = Tensor.of(new Unbacked(), DataType.INT32, rows, 1);
      dry.losses(ids, ids, new Pass(workspace, Accumulate.ASSIGN, 1, rows));
      workspace.reset();
    }
    step(dry, workspace, List.of(InferenceModel.CHUNK));
    List<Integer> many = new ArrayList<>(Collections.nCopies(room.sequences(), 1));
    many.set(0, InferenceModel.CHUNK - room.sequences() + 1);
    step(dry, workspace, many);
    return workspace;
  }

  private static void step(Llama dry, Workspace workspace, List<Integer> counts) {
    int rows = counts.stream().mapToInt(Integer::intValue).sum();
    List<Span> spans =
        counts.stream()
            .map(count -> new Span(dry.newCache(new Unbacked(), DataType.FLOAT32, count), count))
            .toList();
    dry.extend(Tensor.of(new Unbacked(), DataType.INT32, rows, 1), spans, workspace);
    workspace.reset();
  }

  KeyValueCache newCache(int capacity) {
    return model.newCache(device, DataType.FLOAT32, capacity);
  }

  /**
   * Appends positions to some sequences.
   *
   * @param tokens of the spans, one span after another
   * @param logits a row a span, of which this rank writes its part of the vocabulary
   */
  void extend(List<Span> spans, int[] tokens, float[][] logits) {
    Tensor part = ids.rows(0, tokens.length);
    upload(tokens, part);
    Tensor result = model.extend(part, spans, workspace);
    for (int i = 0; i < logits.length; i++) {
      download(result.rows(i, 1), logits[i], layout.firstVocab(), layout.validVocab());
    }
    workspace.reset();
  }

  /** Losses in nats of every target of some sequences of equal length: the same on every rank. */
  float[] losses(int[] inputs, int[] next, int sequences, int length) {
    int rows = sequences * length;
    upload(inputs, ids.rows(0, rows));
    upload(next, targets.rows(0, rows));
    Pass pass = new Pass(workspace, Accumulate.ASSIGN, sequences, length);
    Tensor result = model.losses(ids.rows(0, rows), targets.rows(0, rows), pass);
    float[] losses = new float[rows];
    download(result, losses, 0, rows);
    workspace.reset();
    return losses;
  }

  private void upload(int[] values, Tensor to) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment host = arena.allocate(ValueLayout.JAVA_INT, to.rows());
      MemorySegment.copy(values, 0, host, ValueLayout.JAVA_INT, 0, to.rows());
      device.write(host, to.view());
    }
  }

  /** The first {@code count} elements of {@code from} to {@code values[at, at + count)}. */
  private void download(Tensor from, float[] values, int at, int count) {
    if (count == 0) { // a rank whose part of the vocabulary is padding
      return;
    }
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment host = arena.allocate(ValueLayout.JAVA_FLOAT, count);
      device.read(from.view().slice(0, count), host);
      MemorySegment.copy(host, ValueLayout.JAVA_FLOAT, 0, values, at, count);
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
