package dev.troupe.deploy.e2e;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonObject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Several held-out sets in one run. */
class ValidationSetsTest {
  @TempDir Path folder;
  private Path job = Path.of("");

  @BeforeEach
  void makeTexts() throws IOException {
    texts("train", "the cat sat on the mat and looked at the other cat. ");
    texts("held", "the dog sat on the mat and looked at the other dog. ");
    texts("code", "for (int i = 0; i < n; i++) { sum += a[i]; } ");
    job = job("held", "held");
  }

  /** A job whose own held-out data are one of its sets, too. */
  private Path job(String own, String same) throws IOException {
    return Files.writeString(
        folder.resolve("job.conf"),
        """
        data {
          path = "%1$s/train.jsonl"
          validation {
            every = 3, samples = 5, path = "%1$s/%2$s.jsonl"
            sets = [{ name = same, path = "%1$s/%3$s.jsonl" }
                    { name = c-0.1, path = "%1$s/code.jsonl", samples = 9 }]
          }
        }
        train { steps = 6, schedule = constant, warmup = 0 }
        parallel { tp = 1, virtual-shards = 2 }
        """
            .formatted(folder, own, same));
  }

  private void texts(String name, String text) throws IOException {
    StringBuilder lines = new StringBuilder();
    for (int i = 0; i < 150; i++) {
      lines.append("{\"text\": \"%d %s\"}\n".formatted(i, text.repeat(1 + i % 3)));
    }
    Files.writeString(folder.resolve(name + ".jsonl"), lines.toString());
  }

  @Test
  void everySetHasItsLossTheSameAtEveryWidthAndAfterAResume() throws IOException {
    Outcome wide = train("wide", "parallel.dp=2").succeeded();
    List<JsonObject> losses = validations("wide");
    assertEquals(2, losses.size());
    for (JsonObject one : losses) {
      JsonObject sets = one.getAsJsonObject("losses");
      assertEquals(Set.of("same", "c-0.1"), sets.keySet());
      assertEquals(one.get("loss"), sets.get("same"), "the same data have the same loss");
      assertNotEquals(one.get("loss"), sets.get("c-0.1"));
    }
    String last =
        "%.4f, same %1$.4f, c-0.1 %.4f"
            .formatted(
                losses.getLast().get("loss").getAsDouble(),
                losses.getLast().getAsJsonObject("losses").get("c-0.1").getAsDouble());
    wide.said("6/6  validation loss " + last).said("  validation   " + last);

    train("narrow", "parallel.dp=1").succeeded();
    assertEquals(values(losses), values(validations("narrow")));
    assertEquals(hex("wide"), hex("narrow"));
    train("halves", "parallel.dp=1", "checkpoint.every=3", "train.steps=3").succeeded();
    train("halves", "parallel.dp=2").succeeded();
    assertEquals(values(losses), values(validations("halves")));

    // Other sets change nothing that is trained on, and a run may go on with them.
    job = job("held", "code");
    train("wide", "parallel.dp=2", "train.steps=9").succeeded();
    JsonObject other = validations("wide").getLast();
    assertEquals(9, other.get("step").getAsLong());
    assertNotEquals(other.get("loss"), other.getAsJsonObject("losses").get("same"));
  }

  @Test
  void aSetThatCannotBeReadIsNamedByItsPlace() throws IOException {
    Files.delete(folder.resolve("code.jsonl"));
    train("none").refused(Outcome.DATA, "data.validation.sets[1].path: ", "code.jsonl");
    Files.writeString(folder.resolve("code.jsonl"), "{\"text\": \"short\"}\n");
    train("short").refused(Outcome.DATA, "data.validation.sets[1].path: ", "train.seq-length");
    assertTrue(Files.notExists(folder.resolve("runs/short/metrics.jsonl")));
  }

  private Outcome train(String run, String... settings) {
    return new Program(folder).train(job, run, settings);
  }

  private List<String> hex(String run) throws IOException {
    return new Program(folder).files(run).lossHex();
  }

  private List<JsonObject> validations(String run) throws IOException {
    return new Program(folder).files(run).events("validation");
  }

  private static List<List<Object>> values(List<JsonObject> validations) {
    return validations.stream()
        .map(one -> List.<Object>of(one.get("step"), one.get("loss"), one.get("losses")))
        .toList();
  }
}
