package dev.troupe.train;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.troupe.checkpoint.CheckpointFolder;
import dev.troupe.checkpoint.CheckpointInfo;
import dev.troupe.checkpoint.FileStorage;
import dev.troupe.collectives.mesh.DeviceMesh;
import dev.troupe.proto.spec.JobSpec;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Copies of checkpoint files on a node's own disk: used where they are intact, never trusted. */
class LocalCopyTest {
  private static final int STEPS = 3;

  @TempDir Path folder;

  private Path local;
  private Path published;
  private JobSpec job;
  private List<Double> expected;

  @BeforeEach
  void save() {
    local = folder.resolve("local");
    job = JobCopies.withLocal(MeshParityTest.exact(1, 2, false), local.toString());
    CheckpointFolder checkpoints = new CheckpointFolder(new FileStorage(), folder.resolve("all"));
    List<Path> parts =
        LongStream.rangeClosed(1, STEPS).mapToObj(step -> checkpoints.begin(step, 1)).toList();
    Ranks.run(
        job,
        new DeviceMesh(1, 2),
        MeshParityTest.data(job),
        null,
        (rank, trainer) -> {
          for (Path part : parts) {
            trainer.prepare();
            trainer.commit();
            try (Snapshot snapshot = trainer.snapshot()) {
              snapshot.write(part);
            }
            rank.dp().barrier();
          }
          return 0;
        });
    CheckpointInfo info = new CheckpointInfo(STEPS, 1, job.model(), "", "none", 0);
    published = checkpoints.publish(STEPS, info, 2);
    expected = MeshParityTest.losses(job, published, 2);
  }

  private static List<String> names(Path in) throws IOException {
    try (Stream<Path> all = Files.list(in)) {
      return all.map(path -> String.valueOf(path.getFileName())).sorted().toList();
    }
  }

  private Path data(Path in, int rank) {
    return in.resolve("rank-0000" + rank + ".safetensors");
  }

  @Test
  void theNewestTwoStepsAreKept() throws IOException {
    assertEquals(List.of("step-00000002", "step-00000003"), names(local));
  }

  @Test
  void anIntactCopyStandsForAFileThatIsGone() throws IOException {
    Files.delete(data(published, 0));
    Files.delete(data(published, 1));
    assertEquals(expected, MeshParityTest.losses(job, published, 2));
  }

  @Test
  void aDamagedCopyIsNotUsed() throws IOException {
    for (int rank = 0; rank < 2; rank++) {
      Path copy = data(local.resolve("step-00000003"), rank);
      byte[] bytes = Files.readAllBytes(copy);
      bytes[bytes.length - 1 - rank * 5000] ^= 64;
      Files.write(copy, bytes);
    }
    assertEquals(expected, MeshParityTest.losses(job, published, 2));
    Files.delete(data(published, 1));
    assertThrows(AssertionError.class, () -> MeshParityTest.losses(job, published, 2));
  }

  @Test
  void aShortCopyIsNotUsed() throws IOException {
    Path copy = data(local.resolve("step-00000003"), 0);
    byte[] bytes = Files.readAllBytes(copy);
    Files.write(copy, Arrays.copyOf(bytes, bytes.length / 2));
    assertEquals(expected, MeshParityTest.losses(job, published, 2));
  }

  @Test
  void savingGoesOnWhereNoCopyCanBeWritten() throws IOException {
    Path file = Files.writeString(folder.resolve("file"), "in the way");
    JobSpec blocked = JobCopies.withLocal(job, file.toString());
    Path part = Files.createDirectories(folder.resolve("part"));
    Ranks.run(
        blocked,
        new DeviceMesh(1, 2),
        MeshParityTest.data(blocked),
        null,
        (rank, trainer) -> {
          try (Snapshot snapshot = trainer.snapshot()) {
            snapshot.write(part);
          }
          return 0;
        });
    assertTrue(Files.exists(data(part, 1)), "the checkpoint has its file");
  }
}
