package dev.troupe.train;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;

import dev.troupe.checkpoint.CheckpointReader;
import dev.troupe.collectives.mesh.DeviceMesh;
import dev.troupe.huggingface.ModelFixture;
import dev.troupe.infer.InferenceModel;
import dev.troupe.infer.SequenceCache;
import dev.troupe.proto.config.JobConfig;
import dev.troupe.proto.spec.JobSpec;
import dev.troupe.proto.spec.ModelSpec;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.FieldSource;

/** Imported models compute what transformers does: logits, and ten further steps of AdamW. */
class TransformersParityTest {
  @SuppressWarnings("unused") // JUnit reads it
  private static final List<String> MODELS = ModelFixture.NAMES;

  private static final InferenceModel.Room ONE_SEQUENCE = new InferenceModel.Room(0, 1);

  @TempDir Path folder;

  @ParameterizedTest
  @FieldSource("MODELS")
  void logitsOfEveryPositionEqualTransformers(String name) {
    try (ModelFixture fixture = new ModelFixture(name);
        CheckpointReader reader = CheckpointReader.open(fixture.imported(folder.resolve("out")));
        InferenceModel alone = InferenceModel.load(reader, 1, ONE_SEQUENCE);
        InferenceModel cut = InferenceModel.load(reader, 2, ONE_SEQUENCE)) {
      for (int prompt = 0; prompt < 3; prompt++) {
        compareLogits(fixture, prompt, alone);
        compareLogits(fixture, prompt, cut);
      }
    }
  }

  private static void compareLogits(ModelFixture fixture, int prompt, InferenceModel model) {
    float[] expected = fixture.logits(prompt);
    int[] tokens = fixture.ints("prompt." + prompt);
    int vocab = model.spec().vocab();
    try (SequenceCache cache = model.newCache(tokens.length)) {
      for (int t = 0; t < tokens.length; t++) {
        assertArrayEquals(
            Arrays.copyOfRange(expected, t * vocab, (t + 1) * vocab),
            model.extend(cache, new int[] {tokens[t]}),
            1e-4f,
            "prompt %d, position %d".formatted(prompt, t));
      }
    }
  }

  @ParameterizedTest
  @CsvSource({
    "llama-gqa,1,1",
    "llama-gqa,2,2",
    "llama-tied,1,1",
    "mistral,2,1",
    "llama31,1,1",
    "llama31,2,2"
  })
  void tenStepsFollowPyTorch(String name, int tp, int dp) {
    try (ModelFixture fixture = new ModelFixture(name)) {
      Path start = fixture.imported(folder.resolve("out"));
      JobSpec job = job(fixture, start, tp, dp);
      double[] losses =
          Ranks.run(
                  job,
                  new DeviceMesh(tp, dp),
                  data(fixture),
                  start,
                  (parts, trainer) -> {
                    double[] found = new double[job.train().steps()];
                    for (int i = 0; i < found.length; i++) {
                      found[i] = trainer.prepare().loss();
                      trainer.commit();
                    }
                    return found;
                  })
              .getFirst();
      double[] expected = fixture.losses();
      for (int i = 0; i < expected.length; i++) {
        Compare.relative("loss of step " + (i + 1), expected[i], losses[i], 1e-5);
      }
    }
  }

  private static JobSpec job(ModelFixture fixture, Path checkpoint, int tp, int dp) {
    ModelSpec model;
    try (CheckpointReader reader = CheckpointReader.open(checkpoint)) {
      model = reader.info().model();
    }
    int batch = (int) fixture.number("batch");
    return JobConfig.of(
        model,
        List.of(
            "precision=fp32",
            "train.steps=" + (int) fixture.number("steps"),
            "train.global-batch=" + batch,
            "train.seq-length=" + (int) fixture.number("seq-length"),
            "train.lr=" + fixture.number("lr"),
            "train.schedule=constant",
            "train.warmup=0",
            "train.beta1=" + fixture.number("beta1"),
            "train.beta2=" + fixture.number("beta2"),
            "train.adam-eps=" + fixture.number("adam-eps"),
            "train.weight-decay=" + fixture.number("weight-decay"),
            "train.clip=" + fixture.number("clip"),
            "parallel.tp=" + tp,
            "parallel.dp=" + dp,
            "data.validation.every=0"));
  }

  private static TrainingData data(ModelFixture fixture) {
    int[] tokens = fixture.ints("tokens");
    int length = (int) fixture.number("seq-length");
    int batch = (int) fixture.number("batch");
    TokenSource source =
        (step, first, sequences, inputs, targets) -> {
          for (int s = 0; s < sequences; s++) {
            int row = (int) ((step - 1) * batch + first + s) * (length + 1);
            System.arraycopy(tokens, row, inputs, s * length, length);
            System.arraycopy(tokens, row + 1, targets, s * length, length);
          }
        };
    return new TrainingData(source, Optional.empty());
  }
}
