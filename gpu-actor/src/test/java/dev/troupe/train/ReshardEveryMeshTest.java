package dev.troupe.train;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.troupe.checkpoint.CheckpointFolder;
import dev.troupe.checkpoint.CheckpointInfo;
import dev.troupe.checkpoint.CheckpointReader;
import dev.troupe.checkpoint.FileStorage;
import dev.troupe.checkpoint.LogicalTensor;
import dev.troupe.checkpoint.Region;
import dev.troupe.checkpoint.ShardEntry;
import dev.troupe.checkpoint.ShardWriter;
import dev.troupe.checkpoint.StateKind;
import dev.troupe.collectives.comm.Communicator;
import dev.troupe.collectives.comm.Communicators;
import dev.troupe.collectives.comm.local.LocalCommunicators;
import dev.troupe.collectives.device.DataType;
import dev.troupe.collectives.device.cpu.CpuBuffer;
import dev.troupe.collectives.device.cpu.CpuDevice;
import dev.troupe.collectives.mesh.DeviceMesh;
import dev.troupe.kernels.cpu.CpuKernels;
import dev.troupe.model.LlamaLayout;
import dev.troupe.optim.AdamW;
import dev.troupe.optim.FlatParameters;
import dev.troupe.proto.spec.JobSpec;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SplittableRandom;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A checkpoint saved on any of tp = 1, 2, 4 and dp = 1 ... 8 loads on any other, and what is saved
 * there has the same logical tensors, byte for byte.
 */
class ReshardEveryMeshTest {
  private static final JobSpec JOB = MeshParityTest.exact(1, 1, false);
  private static final int[] TP = {1, 2, 4};
  private static final int MOST_DP = 8;

  @TempDir Path folder;

  private final CpuDevice device = new CpuDevice("cpu:test", 1);
  private final CpuKernels kernels = new CpuKernels(device);

  @AfterEach
  void close() {
    kernels.close();
    device.close();
  }

  @Test
  void everyPairOfMeshesKeepsEveryByte() {
    Path original = random();
    Map<String, byte[]> expected = logical(original);
    List<Path> saved = new ArrayList<>();
    for (DeviceMesh mesh : meshes()) {
      Path there = reshard(original, mesh, saved.size() + 1);
      assertSame(expected, logical(there), mesh, mesh);
      saved.add(there);
    }
    for (int from = 0; from < saved.size(); from++) {
      for (DeviceMesh mesh : meshes()) {
        assertSame(expected, loaded(saved.get(from), mesh), meshes().get(from), mesh);
      }
    }
  }

  private static List<DeviceMesh> meshes() {
    List<DeviceMesh> meshes = new ArrayList<>();
    for (int tp : TP) {
      for (int dp = 1; dp <= MOST_DP; dp++) {
        meshes.add(new DeviceMesh(tp, dp));
      }
    }
    return meshes;
  }

  private static void assertSame(
      Map<String, byte[]> expected, Map<String, byte[]> actual, DeviceMesh from, DeviceMesh to) {
    assertEquals(expected.keySet(), actual.keySet());
    expected.forEach(
        (name, bytes) ->
            assertEquals(
                -1,
                Arrays.mismatch(bytes, actual.get(name)),
                () -> "%s from %s on %s".formatted(name, from, to)));
  }

  /** A checkpoint of random numbers, in one piece a tensor. */
  private Path random() {
    CheckpointFolder checkpoints = new CheckpointFolder(new FileStorage(), folder.resolve("0"));
    Path part = checkpoints.begin(1, 1);
    SplittableRandom random = new SplittableRandom(5);
    try (Arena arena = Arena.ofConfined()) {
      List<ShardEntry> entries = new ArrayList<>();
      new LlamaLayout(JOB.model(), 1, 0, false, 0.02)
          .buckets().stream()
              .flatMap(bucket -> bucket.parameters().stream())
              .flatMap(spec -> spec.pieces().stream())
              .forEach(
                  piece -> {
                    Region whole =
                        new Region(piece.tensor(), 0, piece.rows(), 0, piece.tensorCols());
                    for (StateKind kind : StateKind.values()) {
                      MemorySegment data = arena.allocate(whole.bytes(), 8);
                      for (long i = 0; i < whole.elements(); i++) {
                        data.setAtIndex(ValueLayout.JAVA_INT, i, random.nextInt());
                      }
                      entries.add(new ShardEntry(kind, whole, data));
                    }
                  });
      ShardWriter.write(new FileStorage(), part, 0, entries);
    }
    return checkpoints.publish(1, new CheckpointInfo(1, 1, JOB.model(), "", "none", 0), 1);
  }

  private Path reshard(Path from, DeviceMesh mesh, int number) {
    CheckpointFolder checkpoints =
        new CheckpointFolder(new FileStorage(), folder.resolve(String.valueOf(number)));
    Path part = checkpoints.begin(1, 1);
    eachRank(
        from, mesh, (rank, entries) -> ShardWriter.write(new FileStorage(), part, rank, entries));
    CheckpointInfo info = new CheckpointInfo(1, 1, JOB.model(), "", "none", 0);
    return checkpoints.publish(1, info, mesh.size());
  }

  private interface Saved {
    void take(int rank, List<ShardEntry> entries);
  }

  /** What each rank of a mesh would save after loading {@code from}. */
  private void eachRank(Path from, DeviceMesh mesh, Saved saved) {
    Communicators communicators = new LocalCommunicators();
    try (CheckpointReader reader = CheckpointReader.open(from)) {
      for (int rank = 0; rank < mesh.size(); rank++) {
        LlamaLayout layout = MemoryPlan.layout(JOB, mesh.tp(), mesh.coordinate(rank).tp());
        long bytes = FlatParameters.elements(layout.buckets(), mesh.dp()) * Float.BYTES;
        try (Communicator dp = communicators.open(1, mesh.dataGroup(rank), rank);
            CpuBuffer values = device.allocate(bytes);
            CpuBuffer grads = device.allocate(bytes);
            AdamW adam =
                new AdamW(
                    device,
                    kernels,
                    FlatParameters.place(
                        layout.buckets(), mesh.dp(), DataType.FLOAT32, values, grads),
                    dp,
                    JOB.train());
            Arena arena = Arena.ofConfined()) {
          RankState state = new RankState(device, adam.own());
          state.load(reader);
          saved.take(rank, state.copy(arena));
        }
      }
    }
  }

  /** The logical tensors that the ranks of a mesh have after loading. */
  private Map<String, byte[]> loaded(Path from, DeviceMesh mesh) {
    Map<String, LogicalTensor> tensors = new HashMap<>();
    try (CheckpointReader reader = CheckpointReader.open(from)) {
      reader.tensors().forEach(tensor -> tensors.put(tensor.name(), tensor));
    }
    Map<String, byte[]> all = new HashMap<>();
    eachRank(
        from,
        mesh,
        (rank, entries) -> {
          for (ShardEntry entry : entries) {
            Region part = entry.region();
            Region whole = Objects.requireNonNull(tensors.get(part.tensor())).whole();
            byte[] to =
                all.computeIfAbsent(
                    entry.kind() + " " + part.tensor(), name -> new byte[(int) whole.bytes()]);
            for (long row = 0; row < part.rows(); row++) {
              long at = ((part.row() + row) * whole.cols() + part.col()) * Float.BYTES;
              long bytes = part.cols() * Float.BYTES;
              MemorySegment.copy(entry.data(), row * bytes, MemorySegment.ofArray(to), at, bytes);
            }
          }
        });
    return all;
  }

  private static Map<String, byte[]> logical(Path checkpoint) {
    Map<String, byte[]> all = new HashMap<>();
    try (CheckpointReader reader = CheckpointReader.open(checkpoint);
        Arena arena = Arena.ofConfined()) {
      reader.verify();
      for (LogicalTensor tensor : reader.tensors()) {
        for (StateKind kind : StateKind.values()) {
          MemorySegment data = arena.allocate(tensor.whole().bytes(), 8);
          reader.read(kind, tensor.whole(), data, 0, tensor.whole().cols() * Float.BYTES);
          all.put(kind + " " + tensor.name(), data.toArray(ValueLayout.JAVA_BYTE));
        }
      }
    }
    return all;
  }
}
