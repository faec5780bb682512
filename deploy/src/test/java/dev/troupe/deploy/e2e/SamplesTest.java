package dev.troupe.deploy.e2e;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonObject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Texts that the model writes while it is trained. */
class SamplesTest {
  @TempDir Path folder;
  private Path job = Path.of("");

  @BeforeEach
  void writeJob() throws IOException {
    job =
        Files.writeString(
            folder.resolve("job.conf"),
            """
            train { steps = 6, schedule = constant, warmup = 0 }
            parallel { tp = 1, virtual-shards = 2 }
            samples { prompts = ["One day", "\\n\\u00e9", "She"], max-tokens = 9 }
            """);
  }

  @Test
  void textsAreTheSameAtEveryWidthAndAfterAResumeAndChangeNothing() throws IOException {
    train("plain", "parallel.dp=2").succeeded();
    assertFalse(Files.exists(files("plain").folder().resolve("samples.jsonl")));

    Outcome wide = train("wide", "parallel.dp=2", "samples.every=4").succeeded();
    assertEquals(files("plain").lossHex(), files("wide").lossHex());
    List<JsonObject> texts = files("wide").samples();
    assertEquals(
        List.of("4 One day", "4 \n\u00e9", "4 She", "6 One day"), named(texts).subList(0, 4));
    assertEquals(6, texts.size());
    for (JsonObject text : texts) {
      assertFalse(text.get("text").getAsString().isEmpty(), text::toString);
    }
    wide.said("4/6  sample \"One day|").said(", and 2 more").said("6/6  sample \"One day|");

    train("narrow", "parallel.dp=1", "samples.every=4").succeeded();
    assertEquals(values(texts), values(files("narrow").samples()));

    train("halves", "parallel.dp=2", "samples.every=4", "train.steps=5").succeeded();
    assertEquals("5 One day", named(files("halves").samples()).get(3), "the last step counts");
    train("halves", "parallel.dp=1", "samples.every=4").succeeded();
    List<JsonObject> both = new ArrayList<>(files("halves").samples());
    both.removeIf(text -> text.get("step").getAsLong() == 5);
    assertEquals(values(texts), values(both));
  }

  /** All logits come together on every rank of a group. */
  @Test
  void aTensorParallelGroupWritesTogether() throws IOException {
    String[] mesh = {"parallel.tp=2", "parallel.dp=2", "parallel.sequence=true"};
    train("plain", mesh).succeeded();
    String[] greedy = {mesh[0], mesh[1], mesh[2], "samples.every=3", "samples.temperature=0"};
    train("first", greedy).succeeded();
    assertEquals(files("plain").lossHex(), files("first").lossHex());
    train("second", greedy).succeeded();
    assertEquals(6, files("first").samples().size());
    assertEquals(values(files("first").samples()), values(files("second").samples()));
  }

  @Test
  void aPromptThatLeavesNoRoomIsRefusedBeforeAnythingStarts() {
    train("none", "samples.every=1", "samples.prompts=" + "x".repeat(32))
        .refused(Outcome.USAGE, "samples.prompts[0] has 32 tokens", "train.seq-length = 32");
    assertTrue(Files.notExists(folder.resolve("runs/none/metrics.jsonl")));
  }

  private Outcome train(String run, String... settings) {
    return new Program(folder).train(job, run, settings);
  }

  private RunFiles files(String run) {
    return new Program(folder).files(run);
  }

  private static List<String> named(List<JsonObject> texts) {
    return texts.stream()
        .map(text -> text.get("step") + " " + text.get("prompt").getAsString())
        .toList();
  }

  /** All but the number of the mesh. */
  private static List<List<Object>> values(List<JsonObject> texts) {
    return texts.stream()
        .map(text -> List.<Object>of(text.get("step"), text.get("prompt"), text.get("text")))
        .toList();
  }
}
