package dev.troupe.proto.config;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.troupe.proto.error.Category;
import dev.troupe.proto.error.TroupeException;
import dev.troupe.proto.spec.BlendSpec;
import dev.troupe.proto.spec.JobSpec;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class BlendReaderTest {
  @Test
  void readsSourcesAndFillsInWhatIsNotGiven() {
    JobSpec job =
        JobConfig.parse(
            """
            data.blend = [
              { path = corpora/web, weight = 0.67, epochs = 1.5 }
              { path = "my wiki.jsonl", weight = 0.33, name = wiki }
            ]
            data.source-tag = true
            """);
    assertEquals(
        new BlendSpec(
            List.of(
                new BlendSpec.Source("corpora/web", 0.67, "web", 1.5),
                new BlendSpec.Source("my wiki.jsonl", 0.33, "wiki", 0)),
            true),
        job.data().blend());
    assertEquals("files", job.data().source());
    assertEquals("llama-tiny-web-wiki", job.runName());
    assertEquals(job, JobConfig.parse(JobConfig.render(job)));
  }

  @Test
  void llamasTableIsAJob() {
    BlendSpec blend =
        JobConfig.load(Path.of("../deploy/blends/llama.conf"), List.of("data.tokenizer=bytes"))
            .data()
            .blend();
    assertEquals(7, blend.sources().size());
    assertEquals(100, blend.sources().stream().mapToDouble(BlendSpec.Source::weight).sum());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          [{ path = a }]                                       | weight = not set
          [{ weight = 1 }]                                     | path = not set
          [{ path = a, weight = 0 }]                           | source a has weight = 0.0
          [{ path = a, weight = x }]                           | weight = x
          [{ path = a, weight = 1, epochs = -1 }]              | source a has epochs = -1.0
          [{ path = a, weight = 1, name = "<b>" }]             | name = <b>
          [{ path = a, wieght = 1 }]                           | unknown key wieght; did you mean weight
          [{ path = x/a, weight = 1 }, { path = y/a, weight = 1 }] | two sources with name = a
          [a, b]                                               | a list of sources
          {path = a}                                           | data.blend
          """)
  void namesWhatIsWrong(String blend, String words) {
    refused("data.blend = " + blend, words);
  }

  @Test
  void isNotMixedWithOtherData() {
    String blend = "data.blend = [{ path = a, weight = 1 }]\n";
    refused(blend + "data.path = b", "data.path");
    refused(blend + "data.source = bios", "data.source");
  }

  @Test
  void aJobFilesBlendIsReadOnItsOwn(@TempDir Path folder) throws IOException {
    Path llama = Path.of("../deploy/blends/llama.conf");
    assertEquals(
        JobConfig.load(llama, List.of("data.tokenizer=bytes")).data().blend(),
        JobConfig.blend(llama));
    Path file = folder.resolve("job.conf");
    Files.writeString(file, "data.blend = [{ path = a, weight = 0 }]");
    refused(() -> JobConfig.blend(file), "source a has weight = 0.0");
    Files.writeString(file, "data.blendd = 1");
    refused(() -> JobConfig.blend(file), "did you mean data.blend");
    Files.writeString(file, "train.steps = 3");
    refused(() -> JobConfig.blend(file), file + " has no data.blend");
  }

  private static void refused(String job, String words) {
    refused(() -> JobConfig.parse(job), words);
  }

  private static void refused(Executable read, String words) {
    TroupeException e = assertThrows(TroupeException.class, read);
    assertEquals(Category.USAGE, e.category());
    assertTrue(e.toString().contains(words), e::toString);
  }
}
