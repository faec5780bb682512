package dev.troupe.train;

import dev.troupe.checkpoint.CheckpointFolder;
import dev.troupe.checkpoint.CheckpointInfo;
import dev.troupe.checkpoint.FileStorage;
import dev.troupe.checkpoint.Region;
import dev.troupe.checkpoint.SafetensorsFile;
import dev.troupe.checkpoint.ShardEntry;
import dev.troupe.checkpoint.ShardWriter;
import dev.troupe.checkpoint.StateKind;
import dev.troupe.proto.spec.CheckpointSpec;
import dev.troupe.proto.spec.ClusterSpec;
import dev.troupe.proto.spec.CudaSpec;
import dev.troupe.proto.spec.DataOrder;
import dev.troupe.proto.spec.DataSpec;
import dev.troupe.proto.spec.ElasticSpec;
import dev.troupe.proto.spec.IntegritySpec;
import dev.troupe.proto.spec.JobSpec;
import dev.troupe.proto.spec.LogFormat;
import dev.troupe.proto.spec.ModelSpec;
import dev.troupe.proto.spec.ParallelSpec;
import dev.troupe.proto.spec.Precision;
import dev.troupe.proto.spec.ProfileSpec;
import dev.troupe.proto.spec.Recompute;
import dev.troupe.proto.spec.Reduction;
import dev.troupe.proto.spec.SamplesSpec;
import dev.troupe.proto.spec.Schedule;
import dev.troupe.proto.spec.TrainSpec;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/** What PyTorch computed for a small model: see make_fixtures.py. */
public final class ParityFixture implements AutoCloseable {
  private final SafetensorsFile file;
  private final Map<String, String> settings;

  /** Opens a fixture of the tests' resources. */
  public ParityFixture(String name) {
    try {
      file =
          SafetensorsFile.open(
              Path.of(
                  Objects.requireNonNull(
                          ParityFixture.class.getResource("/parity/" + name + ".safetensors"))
                      .toURI()));
    } catch (URISyntaxException e) {
      throw new AssertionError(e);
    }
    settings = file.metadata();
  }

  double number(String key) {
    return Double.parseDouble(Objects.requireNonNull(settings.get(key), key));
  }

  private int integer(String key) {
    return (int) number(key);
  }

  /** The model's dimensions. */
  public ModelSpec model() {
    return new ModelSpec(
        "fixture",
        integer("hidden"),
        integer("layers"),
        integer("heads"),
        integer("kv-heads"),
        integer("ffn"),
        integer("vocab"),
        integer("seq-length"),
        number("norm-eps"),
        number("rope-base"),
        Boolean.parseBoolean(settings.get("tied-head")));
  }

  /** The job of the 20 steps, or of the first pass alone where batch is the fixture's own. */
  JobSpec job(ParallelSpec parallel, int batch, int microBatch, Precision precision) {
    return job(parallel, batch, microBatch, precision, Recompute.NONE);
  }

  JobSpec job(
      ParallelSpec parallel, int batch, int microBatch, Precision precision, Recompute recompute) {
    TrainSpec train =
        new TrainSpec(
            integer("steps"),
            batch,
            microBatch,
            integer("seq-length"),
            number("lr"),
            number("min-lr"),
            integer("warmup"),
            0.2,
            number("weight-decay"),
            number("clip"),
            number("beta1"),
            number("beta2"),
            number("adam-eps"),
            number("init-std"),
            Schedule.COSINE,
            recompute);
    return new JobSpec(
        "parity",
        "runs/parity",
        "cpu",
        precision,
        1,
        1,
        LogFormat.TEXT,
        model(),
        parallel,
        train,
        noData(),
        new CheckpointSpec(0, 2, "checkpoints", null, null),
        ElasticSpec.defaults(),
        IntegritySpec.defaults(),
        ClusterSpec.alone(),
        CudaSpec.defaults(),
        ProfileSpec.off(),
        null,
        SamplesSpec.OFF);
  }

  static DataSpec noData() {
    return new DataSpec(
        "bios",
        null,
        "cache",
        "bytes",
        DataOrder.SEQUENTIAL,
        new DataSpec.Bios(1, 1),
        new DataSpec.Validation(null, 0, 0, 1),
        null,
        null);
  }

  static ParallelSpec parallel(int tp, int dp, boolean sequence, int shards) {
    return new ParallelSpec(tp, dp, sequence, shards, Reduction.EXACT);
  }

  /** Sequences of the first pass, whose logits and gradients are kept. */
  public int batch() {
    return integer("batch");
  }

  int globalBatch() {
    return integer("global-batch");
  }

  /** The sequences of every step. */
  public TrainingData data() {
    MemorySegment tokens = file.data("tokens");
    int length = integer("seq-length");
    int all = globalBatch();
    TokenSource source =
        (step, first, sequences, inputs, targets) -> {
          for (int s = 0; s < sequences; s++) {
            long row = ((step - 1) * all + first + s) * (length + 1);
            for (int t = 0; t < length; t++) {
              inputs[s * length + t] = tokens.getAtIndex(ValueLayout.JAVA_INT_UNALIGNED, row + t);
              targets[s * length + t] =
                  tokens.getAtIndex(ValueLayout.JAVA_INT_UNALIGNED, row + t + 1);
            }
          }
        };
    return new TrainingData(source, Optional.empty());
  }

  /** A float32 tensor, row-major. */
  public float[] floats(String name) {
    MemorySegment data = file.data(name);
    float[] values = new float[(int) (data.byteSize() / Float.BYTES)];
    for (int i = 0; i < values.length; i++) {
      values[i] = data.getAtIndex(ValueLayout.JAVA_FLOAT_UNALIGNED, i);
    }
    return values;
  }

  /** A float64 tensor, row-major. */
  public double[] doubles(String name) {
    MemorySegment data = file.data(name);
    double[] values = new double[(int) (data.byteSize() / Double.BYTES)];
    for (int i = 0; i < values.length; i++) {
      values[i] = data.getAtIndex(ValueLayout.JAVA_DOUBLE_UNALIGNED, i);
    }
    return values;
  }

  /** The initial weights as a checkpoint at step 0. */
  public Path initialCheckpoint(Path folder) {
    CheckpointFolder checkpoints = new CheckpointFolder(new FileStorage(), folder);
    Path part = checkpoints.begin(0, 1);
    List<ShardEntry> entries = new ArrayList<>();
    try (Arena arena = Arena.ofConfined()) {
      for (String name : file.tensors().keySet()) {
        if (name.startsWith("init.")) {
          List<Long> shape = file.tensor(name).shape();
          long rows = shape.size() == 1 ? 1 : shape.getFirst();
          Region region = new Region(name.substring(5), 0, rows, 0, shape.getLast());
          MemorySegment zeros = arena.allocate(region.bytes(), 8);
          entries.add(new ShardEntry(StateKind.WEIGHT, region, file.data(name)));
          entries.add(new ShardEntry(StateKind.EXP_AVG, region, zeros));
          entries.add(new ShardEntry(StateKind.EXP_AVG_SQ, region, zeros));
        }
      }
      ShardWriter.write(new FileStorage(), part, 0, entries);
    }
    return checkpoints.publish(0, new CheckpointInfo(0, 1, model(), "", "bytes", 0), 1);
  }

  @Override
  public void close() {
    file.close();
  }
}
