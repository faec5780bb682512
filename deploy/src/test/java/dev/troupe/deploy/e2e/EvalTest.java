package dev.troupe.deploy.e2e;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.io.IOException;
import java.net.URISyntaxException;
import java.net.URL;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * A model of transformers, evaluated here and by lm-evaluation-harness's rules there: see
 * deploy/hf/make_eval_fixtures.py.
 */
class EvalTest {
  private static final double CLOSE = 1e-4;

  @TempDir private static Path folder = Path.of("");
  private static Path checkpoint = folder;
  private static Path texts = folder;
  private static JsonObject expected = new JsonObject();

  @BeforeAll
  static void importAndPrepare() throws IOException {
    checkpoint = folder.resolve("imported");
    texts = folder.resolve("texts");
    expected = JsonParser.parseString(Files.readString(fixture("expected.json"))).getAsJsonObject();
    Program.call("import", "--from=" + fixture("model"), "--out=" + checkpoint).succeeded();
    Program.call(
            "data",
            "prepare",
            "--tokenizer=" + fixture("model"),
            "--out=" + texts,
            fixture("texts.jsonl").toString())
        .succeeded();
  }

  private static Path fixture(String name) {
    try {
      URL found = Objects.requireNonNull(EvalTest.class.getResource("/eval/" + name), name);
      return Path.of(found.toURI());
    } catch (URISyntaxException e) {
      throw new AssertionError(e);
    }
  }

  private static Outcome eval(String... options) {
    return Program.call(
        Stream.concat(Stream.of("eval", "--checkpoint=" + checkpoint), Stream.of(options))
            .toArray(String[]::new));
  }

  private static JsonObject json(String... options) {
    Outcome outcome =
        eval(Stream.concat(Stream.of(options), Stream.of("--json")).toArray(String[]::new));
    assertEquals(0, outcome.exitCode(), outcome::toString);
    return JsonParser.parseString(outcome.out()).getAsJsonObject();
  }

  private static void assertSame(JsonObject wanted, JsonObject found, String... names) {
    for (String name : names) {
      double value = wanted.get(name).getAsDouble();
      assertEquals(value, found.get(name).getAsDouble(), CLOSE * Math.max(1, value), name);
    }
  }

  @ParameterizedTest
  @CsvSource({
    "stream, ''",
    "stream-overlapping, --dp=2",
    "documents, --by-document --dp=3",
    "documents-overlapping, --by-document --tp=2"
  })
  void textsHaveTheirLosses(String name, String options) {
    JsonObject wanted = expected.getAsJsonObject("texts").getAsJsonObject(name);
    String windows =
        "--data=%s --context=%s --stride=%s %s"
            .formatted(texts, wanted.get("context"), wanted.get("stride"), options);
    JsonObject found = json(windows.strip().split(" ", -1));
    assertSame(
        wanted,
        found,
        "loss",
        "perplexity",
        "bits_per_byte",
        "tokens",
        "bytes",
        "context",
        "stride");
    assertEquals(1, found.getAsJsonArray("files").size());
  }

  @ParameterizedTest
  @CsvSource({
    "zero-shot, ''",
    "zero-shot, --dp=2 --tp=2",
    "two-shot, --few-shot=2",
    "other-shot, --few-shot=1 --few-shot-file=SHOTS"
  })
  void tasksHaveTheirLikelihoodsAndAccuracies(String name, String options) throws IOException {
    JsonObject wanted = expected.getAsJsonObject("tasks").getAsJsonObject(name);
    Path details = folder.resolve(name + ".jsonl");
    String all = "--task=%s --details=%s %s".formatted(fixture("task.jsonl"), details, options);
    JsonObject whole =
        json(all.strip().replace("SHOTS", fixture("shots.jsonl").toString()).split(" ", -1));
    JsonObject found = whole.getAsJsonArray("tasks").get(0).getAsJsonObject();
    assertEquals("task", found.get("task").getAsString());
    assertSame(
        wanted, found, "n", "shots", "cut", "acc", "acc_stderr", "acc_norm", "acc_norm_stderr");
    JsonArray likelihoods = wanted.getAsJsonArray("log_likelihoods");
    List<String> lines = Files.readAllLines(details);
    assertEquals(likelihoods.size(), lines.size());
    for (int i = 0; i < lines.size(); i++) {
      JsonObject line = JsonParser.parseString(lines.get(i)).getAsJsonObject();
      JsonArray own = line.getAsJsonArray("log_likelihoods");
      assertEquals(likelihoods.get(i).getAsJsonArray().size(), own.size());
      for (int choice = 0; choice < own.size(); choice++) {
        assertEquals(
            likelihoods.get(i).getAsJsonArray().get(choice).getAsDouble(),
            own.get(choice).getAsDouble(),
            CLOSE,
            lines.get(i));
      }
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {2, 3})
  void theNumberOfCopiesChangesNoDigit(int dp) throws IOException {
    String[] options = {
      "--data=" + texts, "--stride=7", "--task=" + fixture("task.jsonl"), "--dp=1", "--details=x"
    };
    options[4] = "--details=" + folder.resolve("one.jsonl");
    JsonObject one = json(options);
    options[3] = "--dp=" + dp;
    options[4] = "--details=" + folder.resolve("many.jsonl");
    assertEquals(one, json(options));
    assertEquals(
        Files.readString(folder.resolve("one.jsonl")),
        Files.readString(folder.resolve("many.jsonl")));
  }

  @Test
  void aBlendHasItsSourcesAndTheirWeightedMean() throws IOException {
    Path blend =
        Files.writeString(
            folder.resolve("blend.conf"),
            """
            data.blend = [
              { path = "%s", weight = 3, name = whole }
              { path = "%s", weight = 1, name = tagged }
            ]
            """
                .formatted(texts, texts));
    JsonObject found = json("--blend=" + blend, "--tokens=100").getAsJsonObject("blend");
    JsonObject alone = json("--data=" + texts, "--tokens=100");
    assertEquals(alone.get("loss"), found.get("loss"));
    assertEquals(false, found.get("held_out").getAsBoolean());
    assertEquals(2, found.getAsJsonArray("sources").size());
    JsonObject source = found.getAsJsonArray("sources").get(1).getAsJsonObject();
    assertEquals("tagged", source.get("source").getAsString());
    assertEquals(100, source.get("tokens").getAsInt());
    eval("--blend=" + blend).said("75.00%  whole").said("25.00%  tagged").said("100%  the blend");
  }

  @Test
  void theJobsOwnBlendIsReadWhereItIsHeldOut() throws IOException {
    Path other = folder.resolve("other");
    Path lines = folder.resolve("other.jsonl");
    Files.writeString(lines, "{\"text\": \"ka ka udm\"}\n".repeat(40));
    Program.call(
            "data",
            "prepare",
            "--tokenizer=" + fixture("model"),
            "--out=" + other,
            lines.toString())
        .succeeded();
    Path job =
        Files.writeString(
            folder.resolve("job.conf"),
            """
            data.blend = [
              { path = "%s", weight = 3, name = texts }
              { path = "%s", weight = 1, name = other }
            ]
            data.validation.fraction = 0.25
            data.tokenizer = "%s"
            """
                .formatted(texts, other, fixture("model")));
    new Program(folder).train(job.toString(), "train.steps=1").succeeded();
    Outcome outcome =
        Program.call(
            "eval", "--checkpoint=" + folder.resolve("runs/tiny/checkpoints"), "--blend", "--json");
    assertEquals(0, outcome.exitCode(), outcome::toString);
    JsonObject blend =
        JsonParser.parseString(outcome.out()).getAsJsonObject().getAsJsonObject("blend");
    assertTrue(blend.get("held_out").getAsBoolean());
    JsonObject source = blend.getAsJsonArray("sources").get(1).getAsJsonObject();
    assertEquals("other", source.get("source").getAsString());
    assertEquals(10 * "ka ka udm".length(), source.get("bytes").getAsInt());
    double mean =
        (3 * blend.getAsJsonArray("sources").get(0).getAsJsonObject().get("loss").getAsDouble()
                + source.get("loss").getAsDouble())
            / 4;
    assertEquals(mean, blend.get("loss").getAsDouble(), 1e-12);
  }

  @Test
  void mistakesAreNamed() throws IOException {
    String task = "--task=" + fixture("task.jsonl");
    eval("--data=" + texts, "--context=65").refused(Outcome.USAGE, "--context = 65", "64");
    eval("--data=" + texts, "--context=8", "--stride=9")
        .refused(Outcome.USAGE, "--stride = 9", "--context = 8");
    eval(task, "--few-shot=41").refused(Outcome.USAGE, "--few-shot = 41", "40 questions");
    eval(task, "--few-shot=40").refused(Outcome.USAGE, "--few-shot = 40", "--few-shot-file");
    eval(task, "--tp=3").refused(Outcome.USAGE, "tp = 3", "1, 2, 4");
    eval("--blend").refused(Outcome.USAGE, "no data.blend", "--blend FILE.conf");
    Path broken = Files.writeString(folder.resolve("broken.jsonl"), "{\"context\": \"a\"\n");
    eval("--task=" + broken).refused(Outcome.DATA, "broken.jsonl line 1", "\"choices\"");
    Path bytes = folder.resolve("bytes");
    Path plain = Files.writeString(folder.resolve("plain.txt"), "plain");
    Program.call("data", "prepare", "--out=" + bytes, plain.toString()).succeeded();
    eval("--data=" + bytes).refused(Outcome.DATA, bytes.toString(), "tokenizer");
  }
}
