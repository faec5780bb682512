package dev.troupe.train;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.troupe.checkpoint.CheckpointFolder;
import dev.troupe.checkpoint.CheckpointInfo;
import dev.troupe.checkpoint.CheckpointReader;
import dev.troupe.checkpoint.FileStorage;
import dev.troupe.collectives.comm.CommunicatorAbortedException;
import dev.troupe.collectives.mesh.DeviceMesh;
import dev.troupe.data.tokenizer.ByteTokenizer;
import dev.troupe.infer.Continuation;
import dev.troupe.infer.DecodingBatch;
import dev.troupe.infer.FinishReason;
import dev.troupe.infer.InferenceModel;
import dev.troupe.infer.Sampling;
import dev.troupe.infer.TextListener;
import dev.troupe.infer.TextOfTokens;
import dev.troupe.proto.error.Category;
import dev.troupe.proto.error.TroupeException;
import dev.troupe.proto.spec.JobSpec;
import dev.troupe.proto.spec.SamplesSpec;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Texts that a model writes while it is trained. */
class TextSamplerTest {
  private static final int STEPS = 3;
  private static final ByteTokenizer TOKENIZER = new ByteTokenizer();
  private static final List<String> PROMPTS = List.of("Once", "a", "There was a");
  private static final double GREEDY = 0;

  @TempDir Path folder;

  /** What a mesh found: the losses of all steps, and the texts after each. */
  private record Written(List<Double> losses, List<SortedMap<Integer, String>> texts) {}

  static JobSpec writing(JobSpec job, double temperature, long seed) {
    return JobCopies.writing(job, new SamplesSpec(PROMPTS, 1, 12, temperature, seed));
  }

  static TrainingData data(JobSpec job) {
    TrainingData plain = MeshParityTest.data(job);
    return new TrainingData(
        plain.train(),
        Optional.empty(),
        Optional.empty(),
        List.of(),
        SamplePrompts.of(TOKENIZER, job));
  }

  private static Written write(JobSpec job) {
    DeviceMesh mesh = new DeviceMesh(job.parallel().tp(), job.parallel().dp());
    List<Written> ranks = Ranks.run(job, mesh, data(job), null, (parts, trainer) -> run(trainer));
    List<SortedMap<Integer, String>> all = new ArrayList<>();
    for (int step = 0; step < STEPS; step++) {
      SortedMap<Integer, String> texts = new TreeMap<>();
      for (Written rank : ranks) {
        for (Map.Entry<Integer, String> text : rank.texts.get(step).entrySet()) {
          assertEquals(null, texts.put(text.getKey(), text.getValue()), "told by one rank only");
        }
      }
      assertEquals(PROMPTS.size(), texts.size());
      all.add(texts);
    }
    return new Written(ranks.getFirst().losses, all);
  }

  private static Written run(Trainer trainer) {
    List<Double> losses = new ArrayList<>();
    List<SortedMap<Integer, String>> texts = new ArrayList<>();
    for (int step = 0; step < STEPS; step++) {
      losses.add(trainer.prepare().loss());
      trainer.commit();
      texts.add(trainer.sample());
    }
    return new Written(losses, texts);
  }

  @ParameterizedTest
  @CsvSource({"1,false", "2,false", "2,true"})
  void shouldBeTheSameAtEveryDataParallelWidthAndLeaveTheTrainingAsItIs(int tp, boolean sequence) {
    Written one = write(writing(MeshParityTest.exact(tp, 1, sequence), 1, 1));
    assertEquals(
        MeshParityTest.losses(MeshParityTest.exact(tp, 1, sequence), null, STEPS), one.losses);
    for (int dp : new int[] {2, 4}) {
      assertEquals(one, write(writing(MeshParityTest.exact(tp, dp, sequence), 1, 1)), "dp=" + dp);
    }
  }

  /** A rank that was lost holds nobody up until the text is written. */
  @ParameterizedTest
  @ValueSource(ints = {1, 2})
  void shouldEndWithTheEpoch(int tp) {
    JobSpec job = writing(MeshParityTest.exact(tp, 1, false), 1, 1);
    Ranks.run(
        job,
        new DeviceMesh(tp, 1),
        data(job),
        null,
        (parts, trainer) -> {
          trainer.prepare();
          trainer.commit();
          parts.tp().barrier();
          parts.tp().abort("a rank was lost");
          return assertThrows(CommunicatorAbortedException.class, trainer::sample);
        });
  }

  @Test
  void theSeedDecides() {
    JobSpec job = MeshParityTest.exact(1, 1, false);
    assertNotEquals(write(writing(job, 1, 1)).texts, write(writing(job, 1, 2)).texts);
  }

  /** Decoding's own way through a checkpoint of the same weights. */
  @Test
  void shouldBeWhatGenerationMakesOfTheSameWeights() {
    JobSpec job = writing(MeshParityTest.exact(1, 2, false), GREEDY, 1);
    CheckpointFolder checkpoints = new CheckpointFolder(new FileStorage(), folder);
    Path part = checkpoints.begin(STEPS, 1);
    List<Written> ranks =
        Ranks.run(
            job,
            new DeviceMesh(1, 2),
            data(job),
            null,
            (parts, trainer) -> {
              Written written = run(trainer);
              try (Snapshot snapshot = trainer.snapshot()) {
                snapshot.write(part);
              }
              return written;
            });
    CheckpointInfo info = new CheckpointInfo(STEPS, 1, job.model(), "", "none", 0);
    Path saved = checkpoints.publish(STEPS, info, 2);
    try (CheckpointReader reader = CheckpointReader.open(saved);
        InferenceModel model =
            InferenceModel.load(reader, 1, new InferenceModel.Room(job.train().seqLength(), 1))) {
      for (int i = 0; i < PROMPTS.size(); i++) {
        String text = ranks.get(i % 2).texts.getLast().get(i);
        assertEquals(generated(model, PROMPTS.get(i), job.samples().maxTokens()), text);
      }
    }
  }

  private static String generated(InferenceModel model, String prompt, int tokens) {
    StringBuilder text = new StringBuilder();
    TextListener listener =
        new TextListener() {
          @Override
          public void text(String piece) {
            text.append(piece);
          }

          @Override
          public void ended(FinishReason reason, int count) {}
        };
    int[] ids = TOKENIZER.encode(prompt);
    try (DecodingBatch batch = new DecodingBatch(model, TOKENIZER.vocabSize())) {
      batch.add(
          new Continuation(ids, tokens, new Sampling(GREEDY, 0, 1), 1, 0),
          new TextOfTokens(TOKENIZER, List.of(), listener));
      while (batch.size() > 0) {
        batch.step();
      }
    }
    return text.toString();
  }

  @Test
  void aPromptThatLeavesNoRoomIsNamed() {
    JobSpec job = MeshParityTest.exact(1, 1, false);
    String longest = "x".repeat(job.train().seqLength() - 1);
    SamplesSpec fits = new SamplesSpec(List.of(longest), 1, 50, 0, 1);
    assertTrue(SamplePrompts.of(TOKENIZER, JobCopies.writing(job, fits)).isPresent());
    SamplesSpec samples = new SamplesSpec(List.of("a", longest + "x"), 1, 1, 0, 1);
    TroupeException refused =
        assertThrows(
            TroupeException.class,
            () -> SamplePrompts.check(TOKENIZER, JobCopies.writing(job, samples)));
    assertEquals(Category.USAGE, refused.category());
    assertTrue(
        String.valueOf(refused.getMessage()).contains("samples.prompts[1] has 36 tokens"),
        refused::toString);
  }
}
