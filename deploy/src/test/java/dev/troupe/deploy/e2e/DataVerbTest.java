package dev.troupe.deploy.e2e;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** From texts to a token file to a trained blend. */
class DataVerbTest {
  @TempDir Path folder;
  private Path web;
  private Path wiki;

  @BeforeEach
  void makeTexts() throws IOException {
    web = texts("web.jsonl", "the cat sat on the mat and looked at the other cat. ", 200);
    wiki = texts("wiki.jsonl", "A cat (Felis catus) is a small domesticated animal. ", 120);
  }

  private Path texts(String name, String text, int documents) throws IOException {
    StringBuilder lines = new StringBuilder();
    for (int i = 0; i < documents; i++) {
      lines.append("{\"text\": \"%d %s\"}\n".formatted(i, text.repeat(1 + i % 3)));
    }
    return Files.writeString(folder.resolve(name), lines.toString());
  }

  private Outcome prepare(Path text, String name) {
    return Program.call(
        "data", "prepare", "--out=" + folder.resolve(name), "--threads=2", text.toString());
  }

  @Test
  void preparedTextsCanBeLookedAt() {
    prepare(web, "web").succeeded().said("200 documents").said("(uint16)");
    Program.call("data", "inspect", folder.resolve("web.idx").toString(), "--samples=2")
        .succeeded()
        .said("200 documents")
        .said("tokenizer bytes (257 ids")
        .said("--- document 100,")
        .said("100 the cat sat");
    Outcome json = Program.call("data", "inspect", folder.resolve("web").toString(), "--json");
    JsonObject facts = JsonParser.parseString(json.succeeded().out()).getAsJsonObject();
    assertEquals(200, facts.get("documents").getAsInt());
    assertEquals("uint16", facts.get("dtype").getAsString());
    prepare(web, "web").refused(Outcome.USAGE, "web.idx", "--overwrite");
  }

  @Test
  void aBrokenLineIsNamedAndNothingIsLeft() throws IOException {
    Path broken = Files.writeString(folder.resolve("broken.jsonl"), "{\"text\": \"a\"}\n{\"text\n");
    prepare(broken, "out").refused(Outcome.DATA, "broken.jsonl line 2", "--skip-bad");
    assertEquals(List.of("broken.jsonl", "web.jsonl", "wiki.jsonl"), RunFiles.names(folder));
    Program.call("data").refused(Outcome.USAGE, "which part");
    Program.call("data", "inspect", folder.resolve("none").toString())
        .refused(Outcome.DATA, "none.idx does not exist");
  }

  @Test
  void aBlendGivesTheSameLossesAtEveryWidthAndAfterAResume() throws IOException {
    prepare(web, "web").succeeded();
    Path job =
        Files.writeString(
            folder.resolve("job.conf"),
            """
            data.blend = [
              { path = "%s", weight = 2 }
              { path = "%s", weight = 1, name = wiki }
            ]
            data.source-tag = true
            data.validation { every = 6, samples = 9 }
            train { steps = 6, schedule = constant, warmup = 0 }
            parallel { tp = 1, virtual-shards = 2 }
            """
                .formatted(folder.resolve("web"), wiki));
    List<String> wide = losses(job, "wide", "parallel.dp=2");
    assertEquals(6, wide.size());
    for (JsonObject line : new Program(folder).files("wide").metrics()) {
      JsonObject losses = line.getAsJsonObject("losses");
      assertEquals(Set.of("web", "wiki"), losses.keySet());
      // Eight of twelve sequences are of the web.
      double mean =
          (8 * losses.get("web").getAsDouble() + 4 * losses.get("wiki").getAsDouble()) / 12;
      assertEquals(line.get("loss").getAsDouble(), mean, 1e-9);
      assertNotEquals(losses.get("web"), losses.get("wiki"));
    }
    losses(job, "halves", "parallel.dp=1", "checkpoint.every=3", "train.steps=3");
    assertNotEquals(wide, losses(job, "plain", "parallel.dp=2", "data.source-tag=false"));
    assertEquals(wide, losses(job, "narrow", "parallel.dp=1"));
    assertEquals(sources("wide"), sources("narrow"));
    assertEquals(wide, losses(job, "halves", "parallel.dp=2"));
  }

  private List<JsonObject> sources(String run) throws IOException {
    return new Program(folder)
        .files(run).metrics().stream().map(line -> line.getAsJsonObject("losses")).toList();
  }

  private List<String> losses(Path job, String run, String... settings) throws IOException {
    String[] all = new String[settings.length + 3];
    all[0] = job.toString();
    all[1] = "run.dir=" + folder.resolve("runs/" + run);
    all[2] = "run.name=" + run;
    System.arraycopy(settings, 0, all, 3, settings.length);
    Program program = new Program(folder);
    program.train(all).succeeded();
    return program.files(run).lossHex();
  }
}
