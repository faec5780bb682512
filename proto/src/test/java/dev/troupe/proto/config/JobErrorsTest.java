package dev.troupe.proto.config;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.troupe.proto.error.Category;
import dev.troupe.proto.error.TroupeException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class JobErrorsTest {
  @TempDir Path folder;

  /** Arguments, separated by spaces, and words that the message must have, separated by slashes. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          train.stpes=1                         | train.stpes / did you mean train.steps
          lr=1                                  | did you mean train.lr
          optimizer.lr=1                        | did you mean train.lr
          train.steps.x=1                       | train.steps.x / train.steps
          train=5                               | train is a section
          data.blend=x                          | data.blend = x / job file
          elastic.min-nodes=0                   | elastic.min-nodes = 0 / at least 1
          elastic.min-nodes=3 elastic.max-nodes=2 | elastic.max-nodes = 2 / elastic.min-nodes = 3
          elastic.node-timeout=0.1              | elastic.node-timeout = 0.1 / at least 0.5
          cluster.control-nodes=2               | cluster.control-nodes = 2 / odd
          integrity.non-finite=ignore           | integrity.non-finite = ignore / retry
          steps                                 | steps / key=value
          =5                                    | key=value
          a..b=5                                | a..b / not a key
          train.steps=many                      | train.steps = many / whole number
          train.steps=2.5                       | train.steps = 2.5 / whole number
          train.steps=3000000000                | train.steps / 2147483647
          train.steps=                          | train.steps = not set
          train.steps=-3                        | train.steps = -3 / at least 1
          train.global-batch=0                  | train.global-batch = 0
          train.micro-batch=3                   | train.micro-batch = 3 / 8 sequences / divisor
          train.seq-length=513                  | train.seq-length = 513 / model.max-seq = 512
          train.lr=-1                           | train.lr = -1
          train.lr=fast                         | train.lr = fast / number
          train.lr=1e999                        | train.lr / number
          train.min-lr=1                        | train.min-lr = 1.0 / train.lr
          train.beta2=1                         | train.beta2 = 1.0 / less than 1
          train.decay-fraction=2                | train.decay-fraction = 2.0
          train.schedule=cosin                  | train.schedule = cosin / cosine, linear
          train.recompute=some                  | none, selective, full
          precision=fp16                        | precision = fp16 / fp32, bf16
          device=gpu                            | device = gpu / cuda
          parallel.zero=3                       | parallel.zero = 3 / 1
          parallel.sequence=maybe               | parallel.sequence = maybe / true or false
          parallel.tp=3                         | model.heads = 4 / parallel.tp = 3
          parallel.tp=-1                        | parallel.tp = -1
          parallel.dp=3                         | train.global-batch = 16 / virtual-shards = 3
          parallel.dp=4 parallel.virtual-shards=2 | parallel.dp = 4 / virtual-shards = 2
          model.heads=3                         | model.hidden = 128 / model.heads = 3
          model.kv-heads=3                      | model.heads = 4 / model.kv-heads = 3
          model.hidden=132                      | width 33 / even
          model.ffn=351                         | model.ffn = 351 / parallel.tp = 2
          model.hidden=192 model.heads=6 model.kv-heads=3 | model.kv-heads = 3 / parallel.tp = 2
          model.vocab=100                       | model.vocab = 100 / 257
          model.preset=llama-8b                 | llama-8b / did you mean llama-7b / llama3-70b
          parallel.sequence=true train.seq-length=127 | train.seq-length = 127 / sequence
          data.source=web                       | data.source = web / bios
          data.source=files                     | data.path
          data.source=bios data.path=x          | data.path = x / data.source
          data.tokenizer=gpt2                   | model.vocab = 0 / size of the tokenizer gpt2
          data.validation.fraction=0.6          | data.validation.fraction = 0.6
          data.validation.fraction=0            | data.validation.every / fraction
          data.validation.samples=0             | data.validation.samples = 0
          data.validation.sets=x                | data.validation.sets = x / job file
          data.source-tag=true                  | data.source-tag = true / data.blend
          data.document-mask=maybe              | data.document-mask = maybe
          data.document-mask=true cuda.attention=cudnn | cuda.attention = cudnn / data.document-mask = true / flash
          data.bios.people=0                    | data.bios.people = 0
          samples.every=5                       | samples.every = 5 / samples.prompts
          samples.every=-1                      | samples.every = -1 / at least 0
          samples.prompts=                      | samples.prompts = not set / text
          samples.prompts=x samples.max-tokens=2000 | samples.max-tokens = 2000 / at most 1024
          samples.temperature=-1                | samples.temperature = -1.0
          samples.prompts=x samples.every=1 device=cuda | samples.every = 1 / cuda.attention = flash
          checkpoint.keep=0                     | checkpoint.keep = 0
          checkpoint.every=-1                   | checkpoint.every = -1
          run.name=../x                         | run.name = ../x / letters
          log.every=0                           | log.every = 0
          """)
  void aMistakeIsNamedWithItsRemedy(String arguments, String words) {
    TroupeException e =
        assertThrows(
            TroupeException.class, () -> JobConfig.load(null, List.of(arguments.split(" +", -1))));
    assertEquals(Category.USAGE, e.category());
    for (String word : words.split(" / ", -1)) {
      assertTrue(e.toString().contains(word), () -> "no '" + word + "' in: " + e.getMessage());
    }
  }

  @Test
  void aMistakeInAFileIsNamedWithItsLine() throws IOException {
    Path file = folder.resolve("job.conf");
    Files.writeString(file, "train {\n  steps = 5\n  clipp = 1\n}\n");
    assertMessage(file, file + ":3: unknown key train.clipp; did you mean train.clip?");
    Files.writeString(file, "\nseed = x\n");
    assertMessage(file, file + ":2: seed = x; give a whole number");
    Files.writeString(file, "train.steps = [1]\n");
    assertMessage(file, file + ":1: train.steps");
  }

  @Test
  void aBadValidationSetIsNamedByItsPlace() throws IOException {
    Path file = folder.resolve("job.conf");
    String good = "{ name = code, path = code.jsonl }";
    for (List<String> bad :
        List.of(
            List.of("{ name = web }", "data.validation.sets[1].path is not set"),
            List.of("{ path = web }", "data.validation.sets[1].name is not set"),
            List.of("{ name = web, path = \" \" }", "data.validation.sets[1].path is empty"),
            List.of("{ name = a/b, path = w }", "data.validation.sets[1].name = a/b; give 1 to"),
            List.of("{ name = code, path = w }", "sets[1].name = code is the name of other"),
            List.of("{ name = validation, path = w }", "sets[1].name = validation is the name"),
            List.of("{ name = w, path = w, samples = 0 }", "data.validation.sets[1].samples = 0"),
            List.of("{ name = w, path = w, sample = 4 }", "sample; did you mean samples?"),
            List.of("5", "give a list of sets in a job file"))) {
      Files.writeString(file, "data.validation.sets = [" + good + ", " + bad.getFirst() + "]");
      assertMessage(file, bad.getLast());
    }
  }

  @Test
  void aBadPromptIsNamedByItsPlace() throws IOException {
    Path file = folder.resolve("job.conf");
    Files.writeString(file, "samples.prompts = [a, \"\"]");
    assertMessage(file, "samples.prompts[1] has 0 characters; give 1 to");
    Files.writeString(file, "samples.prompts = [a, 5]");
    assertMessage(file, "give a list of texts");
  }

  @Test
  void aConflictNamesThePlaceOfBothValues() throws IOException {
    Path file = folder.resolve("job.conf");
    Files.writeString(file, "\n\nparallel.tp = 3\n");
    assertMessage(file, "(model.heads: preset llama-tiny, parallel.tp: " + file + ":3)");
    Files.writeString(file, "parallel.dp = 3\n");
    assertMessage(file, "train.global-batch: default");
  }

  @Test
  void aFileThatIsNoHoconIsNamedWithItsLine() throws IOException {
    Path file = folder.resolve("job.conf");
    Files.writeString(file, "train {\n steps = 5\n");
    assertMessage(file, "job.conf: 3");
    Files.writeString(file, "seed = ${nothing}\n");
    assertMessage(file, "nothing");
  }

  @Test
  void aMissingFileIsNamed() {
    assertMessage(folder.resolve("none.conf"), "none.conf: no such job file");
    assertMessage(folder, folder + ": no such job file");
  }

  private static void assertMessage(Path file, String words) {
    TroupeException e = assertThrows(TroupeException.class, () -> JobConfig.load(file, List.of()));
    assertEquals(Category.USAGE, e.category());
    assertTrue(e.toString().contains(words), e::toString);
  }
}
