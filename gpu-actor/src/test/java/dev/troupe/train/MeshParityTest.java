package dev.troupe.train;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.troupe.checkpoint.CheckpointFolder;
import dev.troupe.checkpoint.CheckpointInfo;
import dev.troupe.checkpoint.FileStorage;
import dev.troupe.collectives.mesh.DeviceMesh;
import dev.troupe.proto.spec.CheckpointSpec;
import dev.troupe.proto.spec.ClusterSpec;
import dev.troupe.proto.spec.CudaSpec;
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
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** One job on many meshes: equal losses, and equal bits where the job promises them. */
class MeshParityTest {
  private static final int STEPS = 20;
  private static final int SHARDS = 12;

  @TempDir Path folder;

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void lossesAgreeOnEveryMesh(boolean tied) {
    List<Double> expected = losses(job(1, 1, false, 12, Reduction.EXACT, tied), null, STEPS);
    assertEquals(true, expected.getLast() < expected.getFirst() - 0.5, "the model learns");
    for (int tp : new int[] {1, 2, 4}) {
      for (int dp : new int[] {1, 2, 4}) {
        for (boolean sequence : new boolean[] {false, true}) {
          JobSpec job = job(tp, dp, sequence, 4, Reduction.FAST, tied);
          agree(expected, losses(job, null, STEPS), tp, dp, sequence);
        }
      }
    }
  }

  private static void agree(
      List<Double> expected, List<Double> actual, int tp, int dp, boolean sequence) {
    for (int i = 0; i < STEPS; i++) {
      Compare.relative(
          "tp=%d dp=%d sequence=%s step %d".formatted(tp, dp, sequence, i + 1),
          expected.get(i),
          actual.get(i),
          2e-5);
    }
  }

  @ParameterizedTest
  @CsvSource({"1,false", "2,false", "2,true"})
  void exactReductionGivesTheSameBitsForAnyDataParallelWidth(int tp, boolean sequence) {
    List<Double> expected = losses(exact(tp, 1, sequence), null, STEPS);
    for (int dp : new int[] {2, 3, 4, 5}) {
      assertEquals(expected, losses(exact(tp, dp, sequence), null, STEPS), "dp=" + dp);
    }
  }

  @Test
  void resumingOnAnotherMeshContinuesWithTheSameBits() {
    List<Double> expected = losses(exact(2, 1, false), null, STEPS);
    JobSpec first = exact(2, 3, false);
    Path saved = save(first, 7);
    for (int dp : new int[] {1, 4}) {
      List<Double> rest = losses(exact(2, dp, false), saved, STEPS - 7);
      assertEquals(expected.subList(7, STEPS), rest, "dp=" + dp);
    }
  }

  @ParameterizedTest
  @CsvSource({"1,2", "4,1"})
  void resumingAtAnotherTensorWidthContinues(int tp, int dp) {
    List<Double> expected = losses(exact(2, 1, false), null, STEPS);
    Path saved = save(exact(2, 2, true), 7);
    List<Double> rest = losses(exact(tp, dp, false), saved, STEPS - 7);
    for (int i = 0; i < rest.size(); i++) {
      Compare.relative("step " + (8 + i), expected.get(7 + i), rest.get(i), 2e-5);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"SELECTIVE", "FULL"})
  void recomputationGivesTheSameBits(Recompute recompute) {
    JobSpec plain = exact(2, 1, false);
    TrainSpec t = plain.train();
    TrainSpec train =
        new TrainSpec(
            t.steps(),
            t.globalBatch(),
            t.microBatch(),
            t.seqLength(),
            t.lr(),
            t.minLr(),
            t.warmup(),
            t.decayFraction(),
            t.weightDecay(),
            t.clip(),
            t.beta1(),
            t.beta2(),
            t.adamEps(),
            t.initStd(),
            t.schedule(),
            recompute);
    JobSpec job =
        new JobSpec(
            plain.runName(),
            plain.runDir(),
            plain.device(),
            plain.precision(),
            plain.seed(),
            plain.logEvery(),
            plain.logFormat(),
            plain.model(),
            plain.parallel(),
            train,
            plain.data(),
            plain.checkpoint(),
            plain.elastic(),
            plain.integrity(),
            plain.cluster(),
            plain.cuda(),
            plain.profile(),
            null,
            plain.samples());
    assertEquals(losses(plain, null, 5), losses(job, null, 5));
  }

  private Path save(JobSpec job, int steps) {
    CheckpointFolder checkpoints = new CheckpointFolder(new FileStorage(), folder);
    Path part = checkpoints.begin(steps, 1);
    Ranks.run(
        job,
        mesh(job),
        data(job),
        null,
        (parts, trainer) -> {
          run(trainer, steps);
          try (Snapshot snapshot = trainer.snapshot()) {
            snapshot.write(part);
          }
          return 0;
        });
    CheckpointInfo info = new CheckpointInfo(steps, 1, job.model(), "", "none", 0);
    return checkpoints.publish(steps, info, job.parallel().worldSize());
  }

  static List<Double> losses(JobSpec job, @Nullable Path resume, int steps) {
    List<List<Double>> ranks =
        Ranks.run(job, mesh(job), data(job), resume, (parts, trainer) -> run(trainer, steps));
    ranks.forEach(losses -> assertEquals(ranks.getFirst(), losses, "ranks agree"));
    return ranks.getFirst();
  }

  private static List<Double> run(Trainer trainer, int steps) {
    List<Double> losses = new ArrayList<>();
    for (int i = 0; i < steps; i++) {
      losses.add(trainer.prepare().loss());
      trainer.commit();
    }
    return losses;
  }

  private static DeviceMesh mesh(JobSpec job) {
    return new DeviceMesh(job.parallel().tp(), job.parallel().dp());
  }

  static JobSpec exact(int tp, int dp, boolean sequence) {
    return job(tp, dp, sequence, SHARDS, Reduction.EXACT, false);
  }

  static JobSpec job(
      int tp, int dp, boolean sequence, int shards, Reduction reduction, boolean tied) {
    TrainSpec train =
        new TrainSpec(
            STEPS,
            12,
            shards == 4 ? 3 : 1,
            36,
            5e-3,
            5e-4,
            2,
            0.2,
            0.1,
            1.0,
            0.9,
            0.95,
            1e-8,
            0.06,
            Schedule.COSINE,
            Recompute.NONE);
    return new JobSpec(
        "mesh",
        "runs/mesh",
        "cpu",
        Precision.FP32,
        11,
        1,
        LogFormat.TEXT,
        new ModelSpec("test", 40, 2, 4, 2, 84, 150, 36, 1e-5, 10000, tied),
        new ParallelSpec(tp, dp, sequence, shards, reduction),
        train,
        ParityFixture.noData(),
        new CheckpointSpec(0, 2, "checkpoints", null, null),
        ElasticSpec.defaults(),
        IntegritySpec.defaults(),
        ClusterSpec.alone(),
        CudaSpec.defaults(),
        ProfileSpec.off(),
        null,
        SamplesSpec.OFF);
  }

  /** Sequences in which each token follows from the one before, with some noise: learnable. */
  static TrainingData data(JobSpec job) {
    int vocab = job.model().vocab();
    int length = job.train().seqLength();
    TokenSource source =
        (step, first, sequences, inputs, targets) -> {
          for (int s = 0; s < sequences; s++) {
            SplittableRandom random = new SplittableRandom(step * 1000 + first + s);
            int token = random.nextInt(vocab);
            for (int t = 0; t < length; t++) {
              inputs[s * length + t] = token;
              token = random.nextInt(4) == 0 ? random.nextInt(8) : (token + 3) % vocab;
              targets[s * length + t] = token;
            }
          }
        };
    return new TrainingData(source, Optional.empty());
  }
}
