package dev.troupe.train;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.troupe.collectives.mesh.DeviceMesh;
import dev.troupe.data.DataSet;
import dev.troupe.data.stream.BlendPart;
import dev.troupe.data.testing.ArrayStream;
import dev.troupe.data.tokenizer.ByteTokenizer;
import dev.troupe.proto.config.JobConfig;
import dev.troupe.proto.spec.JobSpec;
import java.lang.foreign.Arena;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Training and validation on packed documents that do not see each other. */
class DocumentMaskTest {
  private static final int STEPS = 5;
  private static final int DOCUMENT = 12;

  /** Losses of the steps, and of validation after them. */
  private record Run(List<Double> losses, double validation) {}

  private static JobSpec job(String more) {
    return JobConfig.parse(
        """
        model { hidden = 40, layers = 2, heads = 4, kv-heads = 2, ffn = 84, max-seq = 36 }
        train { steps = 5, global-batch = 12, seq-length = 36, lr = 5e-3, init-std = 0.06, warmup = 0 }
        parallel.virtual-shards = 12
        data.order = sequential
        data.validation.samples = 4
        data.document-mask = true
        """
            + more);
  }

  /** Documents of a length, whose tokens follow from each other with some noise. */
  private static ArrayStream documents(int count, long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    int[][] documents = new int[count][DOCUMENT];
    for (int[] document : documents) {
      int token = random.nextInt(257);
      for (int i = 0; i < DOCUMENT; i++) {
        document[i] = token;
        token = random.nextInt(4) == 0 ? random.nextInt(8) : (token + 3) % 257;
      }
    }
    return new ArrayStream(documents);
  }

  private static Run run(JobSpec job) {
    DataSet data =
        new DataSet(
            List.of(BlendPart.alone(documents(STEPS * 36 + 1, 1))),
            List.of(BlendPart.alone(documents(13, 2))),
            List.of(),
            new ByteTokenizer(),
            Arena.global());
    List<Run> ranks =
        Ranks.run(
            job,
            new DeviceMesh(job.parallel().tp(), job.parallel().dp()),
            TrainingData.of(data, job),
            null,
            (parts, trainer) -> {
              List<Double> losses = new ArrayList<>();
              for (int i = 0; i < STEPS; i++) {
                losses.add(trainer.prepare().loss());
                trainer.commit();
              }
              return new Run(losses, trainer.validate().loss());
            });
    ranks.forEach(each -> assertEquals(ranks.getFirst(), each, "ranks agree"));
    return ranks.getFirst();
  }

  private static void agree(String what, Run expected, Run actual) {
    for (int i = 0; i < STEPS; i++) {
      Compare.relative(
          what + ", step " + (i + 1), expected.losses().get(i), actual.losses().get(i), 2e-5);
    }
    Compare.relative(what + ", validation", expected.validation(), actual.validation(), 2e-5);
  }

  /** Three documents make a sequence: the same as a sequence each, without a mask. */
  @Test
  void packedDocumentsTrainAsSequencesOfTheirOwn() {
    Run packed = run(job(""));
    Run alone =
        run(
            job(
                """
                train { seq-length = 12, global-batch = 36 }
                data { document-mask = false, validation.samples = 12 }
                """));
    agree("a sequence each", alone, packed);
    Run unmasked = run(job("data.document-mask = false"));
    assertTrue(
        Math.abs(unmasked.losses().getFirst() / packed.losses().getFirst() - 1) > 1e-4,
        () -> "the mask matters: " + unmasked + packed);
    assertTrue(
        Math.abs(unmasked.validation() / packed.validation() - 1) > 1e-4,
        () -> "the mask matters in validation: " + unmasked + packed);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "parallel.tp = 2",
        "parallel { tp = 2, dp = 2, sequence = true }",
        "parallel.reduction = fast, parallel.dp = 2, train.micro-batch = 1",
        "parallel.virtual-shards = 2, train.micro-batch = 3",
      })
  void lossesAgreeOnEveryMesh(String mesh) {
    agree(mesh, run(job("")), run(job(mesh)));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"parallel.dp = 3", "train.recompute = selective", "train.recompute = full"})
  void bitsAreThoseOfOneRankWithoutRecomputation(String change) {
    assertEquals(run(job("")), run(job(change)));
  }
}
