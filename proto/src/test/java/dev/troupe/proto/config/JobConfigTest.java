package dev.troupe.proto.config;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.troupe.proto.spec.DataOrder;
import dev.troupe.proto.spec.JobSpec;
import dev.troupe.proto.spec.ModelSpec;
import dev.troupe.proto.spec.Precision;
import dev.troupe.proto.spec.Recompute;
import dev.troupe.proto.spec.RopeScaling;
import dev.troupe.proto.spec.SamplesSpec;
import dev.troupe.proto.spec.Schedule;
import dev.troupe.proto.spec.ValidationSet;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class JobConfigTest {
  @TempDir Path folder;

  @Test
  void theDefaultsAreTheFirstCommand() {
    JobSpec job = JobConfig.load(null, List.of());
    assertEquals("llama-tiny-bios", job.runName());
    assertEquals("runs/llama-tiny-bios", job.runDir());
    assertEquals("runs/llama-tiny-bios/checkpoints", job.checkpoint().dir());
    assertEquals("bios", job.data().source());
    assertEquals(2, job.parallel().tp());
    assertEquals(2, job.parallel().dp());
    assertEquals(2, job.parallel().virtualShards());
    assertEquals(257, job.model().vocab());
    assertEquals(job.train().lr() / 10, job.train().minLr());
    assertEquals(job.train().steps() / 10, job.train().warmup());
  }

  @Test
  void anArgumentWinsOverTheFileAndTheFileOverThePreset() throws IOException {
    Path file = folder.resolve("job.conf");
    Files.writeString(
        file,
        """
        model { preset = llama-7b, layers = 3, ffn = 64 }
        train.steps = 7
        train.lr = 1e-4
        """);
    JobSpec job = JobConfig.load(file, List.of("model.ffn=128", "train.steps=8", "train.steps=9"));
    assertEquals(4096, job.model().hidden());
    assertEquals(3, job.model().layers());
    assertEquals(128, job.model().ffn());
    assertEquals(9, job.train().steps());
    assertEquals(1e-4, job.train().lr());
  }

  @Test
  void argumentsArePlainText() {
    String path = "/data/a b{c}#d=e:f";
    JobSpec job =
        JobConfig.load(
            null, List.of("data.path=" + path, "run.name=x", "seed=-9", "log.every=1e2"));
    assertEquals(path, job.data().path());
    assertEquals("files", job.data().source());
    assertEquals(-9, job.seed());
    assertEquals(100, job.logEvery());
  }

  @Test
  void aRenderedJobReadsBackAsTheSameJob() {
    JobSpec job =
        JobConfig.load(
            null,
            List.of(
                "run.name=odd-1",
                "run.dir=/tmp/with space/\"quoted\" ${x} ünï",
                "seed=9223372036854775807",
                "precision=bf16",
                "model.preset=llama3-8b",
                "model.rope-base=500000.5",
                "model.tied-head=on",
                "parallel.tp=4",
                "parallel.dp=3",
                "parallel.virtual-shards=6",
                "parallel.reduction=fast",
                "parallel.sequence=yes",
                "train.global-batch=12",
                "train.lr=1.23456789012345e-7",
                "train.min-lr=0",
                "train.schedule=wsd",
                "train.recompute=selective",
                "data.path=#strange?.txt",
                "data.order=sequential",
                "data.validation.path=C:\\text",
                "checkpoint.from=other"));
    assertEquals(job, JobConfig.parse(JobConfig.render(job)));
    assertEquals(Precision.BF16, job.precision());
    assertEquals(Schedule.WSD, job.train().schedule());
    assertEquals(Recompute.SELECTIVE, job.train().recompute());
    assertEquals(DataOrder.SEQUENTIAL, job.data().order());
    assertEquals(2, job.train().microBatch());
  }

  @Test
  void validationSetsTakeTheirSamplesFromTheJob() {
    JobSpec job =
        JobConfig.parse(
            """
            data.validation {
              samples = 7
              sets = [{ name = code, path = a.jsonl }, { name = w.1, path = b, samples = 3 }]
            }
            """);
    assertEquals(
        List.of(new ValidationSet("code", "a.jsonl", 7), new ValidationSet("w.1", "b", 3)),
        job.data().validation().sets());
    assertEquals(job, JobConfig.parse(JobConfig.render(job)));
  }

  @Test
  void promptsAreATextOrAList() {
    assertEquals(SamplesSpec.OFF.prompts(), JobConfig.parse("").samples().prompts());
    JobSpec job =
        JobConfig.parse(
            "samples { prompts = [\"Once\\nupon\", \"a \\\"time\\\"\"], every = 3, seed = -9 }");
    assertEquals(List.of("Once\nupon", "a \"time\""), job.samples().prompts());
    assertEquals(job, JobConfig.parse(JobConfig.render(job)));
    assertEquals(
        List.of("Once upon"),
        JobConfig.load(null, List.of("samples.prompts=Once upon")).samples().prompts());
  }

  @Test
  void everyPresetReadsBackAsTheSameJob() {
    for (String preset : Presets.names()) {
      JobSpec job = JobConfig.parse("model.preset = " + preset);
      assertEquals(preset, job.model().preset());
      assertEquals(job, JobConfig.parse(JobConfig.render(job)), preset);
    }
  }

  @Test
  void theModelOfTheCheckpointHoldsUnlessThePresetIsNamed() {
    ModelSpec model =
        new ModelSpec(
            "imported", 96, 2, 6, 2, 200, 400, 700, 1e-6, 5e5, true, RopeScaling.llama31());
    List<String> asked = new ArrayList<>();
    CheckpointModels models =
        from -> {
          asked.add(from);
          return Optional.of(new CheckpointModels.Known(model, "bytes", null, null));
        };
    JobSpec job = load(models, "checkpoint.from=there", "seed=4");
    assertEquals(model, job.model());
    assertEquals(job, JobConfig.parse(JobConfig.render(job)));
    assertEquals(208, load(models, "checkpoint.from=x", "model.ffn=208").model().ffn());
    ModelSpec preset = load(models, "checkpoint.from=y", "model.preset=llama-tiny").model();
    assertEquals(JobConfig.parse("").model(), preset);
    assertEquals(preset, load(models, "seed=4").model());
    assertEquals(List.of("there", "x", "y"), asked);
  }

  @Test
  void theTokenizerOfTheCheckpointHoldsUnlessAnotherIsNamed() {
    ModelSpec model = JobConfig.parse("").model();
    CheckpointModels models =
        from -> Optional.of(new CheckpointModels.Known(model, "there/tokenizer", "<s>", "</s>"));
    JobSpec job = load(models, "checkpoint.from=there");
    assertEquals("there/tokenizer", job.data().tokenizer());
    assertEquals("<s>", job.data().bos());
    assertEquals("</s>", job.data().eos());
    JobSpec bytes = load(models, "checkpoint.from=there", "data.tokenizer=bytes");
    assertEquals("bytes", bytes.data().tokenizer());
    assertNull(bytes.data().bos());
  }

  private static JobSpec load(CheckpointModels models, String... overrides) {
    return JobConfig.load(null, List.of(overrides), VocabularySizes.BUILT_IN, models);
  }

  @Test
  void otherDataIsAnotherRun() {
    String text = JobConfig.parse("data.path = corpus/shake speare.txt").runName();
    assertEquals("llama-tiny-shake_speare", text);
    assertNotEquals(text, JobConfig.parse("data.path = corpus/other.txt").runName());
    assertTrue(JobConfig.parse("data.path = /").runName().endsWith("-files"));
  }

  @Test
  void theDefaultMicroBatchDividesTheShard() {
    assertEquals(
        7, JobConfig.parse("train.global-batch = 28, parallel.dp = 2").train().microBatch());
    assertEquals(
        1,
        JobConfig.parse("train.global-batch = 12, parallel.virtual-shards = 12")
            .train()
            .microBatch());
  }

  @Test
  void aJobFileMayUseItsOwnValues() {
    JobSpec job = JobConfig.parse("seed = ${train.steps}\ntrain.steps = 5");
    assertEquals(5, job.seed());
  }
}
