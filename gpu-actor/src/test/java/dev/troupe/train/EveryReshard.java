package dev.troupe.train;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.troupe.checkpoint.CheckpointFolder;
import dev.troupe.checkpoint.CheckpointInfo;
import dev.troupe.checkpoint.CheckpointReader;
import dev.troupe.checkpoint.FileStorage;
import dev.troupe.checkpoint.LogicalTensor;
import dev.troupe.checkpoint.StateKind;
import dev.troupe.collectives.mesh.DeviceMesh;
import dev.troupe.proto.config.JobConfig;
import dev.troupe.proto.spec.JobSpec;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A state that was saved by any mesh, loaded by any other and saved again is the same, tensor by
 * tensor: tp 1, 2, 4 by dp 1 to 8, all pairs. Of the profile chaos.
 */
class EveryReshard {
  private static final int[] TP = {1, 2, 4};
  private static final int WIDEST = 8;

  @TempDir private Path folder;

  private static JobSpec job(int tp, int dp) {
    return JobConfig.parse(
        """
        model { hidden = 32, layers = 1, heads = 4, kv-heads = 4, ffn = 64, max-seq = 16 }
        train { seq-length = 16, global-batch = 8, steps = 10 }
        parallel { tp = %d, dp = %d, virtual-shards = 8 }
        """
            .formatted(tp, dp));
  }

  @Test
  void theStateIsTheSame() throws Exception {
    Map<String, Path> saved = new LinkedHashMap<>();
    Path first = save("origin", 1, 1, null);
    String expected = hash(first);
    for (int tp : TP) {
      for (int dp = 1; dp <= WIDEST; dp++) {
        saved.put(tp + "x" + dp, save(tp + "x" + dp, tp, dp, first));
      }
    }
    for (Map.Entry<String, Path> from : saved.entrySet()) {
      assertEquals(expected, hash(from.getValue()), "saved by " + from.getKey());
      for (int tp : TP) {
        for (int dp = 1; dp <= WIDEST; dp++) {
          String pair = from.getKey() + " to " + tp + "x" + dp;
          assertEquals(expected, hash(save("again", tp, dp, from.getValue())), pair);
        }
      }
    }
  }

  /** Loads a state, or trains a step from initial weights, and saves it. */
  private Path save(String name, int tp, int dp, @Nullable Path from) {
    JobSpec job = job(tp, dp);
    DeviceMesh mesh = new DeviceMesh(tp, dp);
    CheckpointFolder checkpoints = new CheckpointFolder(new FileStorage(), folder.resolve(name));
    checkpoints.discard(1, 1);
    Path unfinished = checkpoints.begin(1, 1);
    TrainingData data = MeshParityTest.data(job);
    List<Long> unused =
        Ranks.run(
            job,
            mesh,
            data,
            from,
            (parts, trainer) -> {
              if (from == null) {
                Prepared unusedResult = trainer.prepare();
                trainer.commit();
              }
              try (Snapshot snapshot = trainer.snapshot()) {
                snapshot.write(unfinished);
              }
              return trainer.step();
            });
    return checkpoints.publish(
        1, new CheckpointInfo(1, 1, job.model(), JobConfig.render(job), "t", 1), mesh.size());
  }

  private static String hash(Path checkpoint) throws Exception {
    MessageDigest digest = MessageDigest.getInstance("SHA-256");
    try (CheckpointReader reader = CheckpointReader.open(checkpoint);
        Arena arena = Arena.ofConfined()) {
      List<LogicalTensor> tensors =
          reader.tensors().stream().sorted(Comparator.comparing(LogicalTensor::name)).toList();
      for (StateKind kind : StateKind.values()) {
        for (LogicalTensor tensor : tensors) {
          MemorySegment bytes = arena.allocate(tensor.whole().bytes(), Float.BYTES);
          reader.read(kind, tensor.whole(), bytes, 0, tensor.cols() * Float.BYTES);
          digest.update(bytes.asByteBuffer());
        }
      }
    }
    return HexFormat.of().formatHex(digest.digest());
  }
}
