package dev.troupe.deploy.e2e;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Many texts of one model. */
class GenerateTest {
  private static final int INTERRUPTED = 130;
  private static final List<String> PROMPTS =
      List.of("日", Verse.TEXT + "日本", "é", "語 é🙂. 日本語", "🙂. ");

  @TempDir private static Path folder = Path.of("");
  private static Verse verse = new Verse(new Program(folder));
  private static Path prompts = Path.of("");

  @BeforeAll
  static void learn() throws IOException {
    verse = Verse.learn(folder);
    prompts = Files.write(folder.resolve("prompts.txt"), PROMPTS);
  }

  private static List<JsonObject> lines(String text) {
    return text.lines()
        .filter(line -> line.startsWith("{"))
        .map(line -> JsonParser.parseString(line).getAsJsonObject())
        .toList();
  }

  private static List<String> values(List<JsonObject> lines, String field) {
    return lines.stream().map(line -> line.get(field).getAsString()).toList();
  }

  private static List<JsonObject> many(Outcome outcome) {
    assertEquals(0, outcome.exitCode(), outcome::toString);
    assertTrue(outcome.err().matches("\\d+ texts?, [\\d,]+ tokens in .*tokens/s\\R"), outcome::err);
    return lines(outcome.out());
  }

  @Test
  void itKnowsItsVerse() {
    assertEquals("本語 é🙂.", verse.after("日", 15));
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2})
  void eachTextIsTheOneThatItsPromptHasAlone(int tp) {
    List<JsonObject> lines =
        many(verse.generate("--prompts=" + prompts, "--batch=3", "--max-tokens=40", "--tp=" + tp));
    assertEquals(PROMPTS, values(lines, "prompt"));
    assertEquals(
        PROMPTS.stream().map(prompt -> verse.after(prompt, 40)).toList(),
        values(lines, "text").stream().map(String::stripTrailing).toList());
    for (JsonObject line : lines) {
      assertEquals("length", line.get("finish_reason").getAsString());
      assertEquals(40, line.get("tokens").getAsInt());
      int bytes = line.get("prompt").getAsString().getBytes(StandardCharsets.UTF_8).length;
      assertEquals(bytes, line.get("prompt_tokens").getAsInt());
    }
  }

  @Test
  void aStopTextEndsATextAndIsNoPartOfIt() {
    assertEquals("本\n", verse.generate("--prompt=日", "--no-echo", "--stop=語").succeeded().out());
    List<JsonObject> lines =
        many(verse.generate("--prompts=" + prompts, "--stop=語", "--stop=🙂. ", "--max-tokens=60"));
    assertEquals(List.of("本", "", "", " é", "日本"), values(lines, "text"));
    assertEquals(Set.of("stop"), Set.copyOf(values(lines, "finish_reason")));
  }

  @Test
  void samplesOfAPromptDifferAndTheSeedDecides() {
    String[] options = {"--prompt=日", "--num=4", "--max-tokens=20", "--batch=2", "--seed=5"};
    List<JsonObject> lines = many(verse.sample(3, options));
    assertEquals(List.of("0", "1", "2", "3"), values(lines, "sample"));
    assertEquals(4, Set.copyOf(values(lines, "text")).size());
    assertEquals(lines, many(verse.sample(3, options)));
    options[4] = "--seed=6";
    assertNotEquals(lines, many(verse.sample(3, options)));
  }

  @Test
  void jsonLinesGoInAndAFileComesOut() throws IOException {
    Path in = folder.resolve("prompts.jsonl");
    Files.writeString(in, "{\"id\": 1, \"prompt\": \"日\"}\n\n{\"prompt\": \"é\\n\"}\n");
    Path out = folder.resolve("out.jsonl");
    Outcome outcome = verse.generate("--prompts=" + in, "--out=" + out, "--echo", "--max-tokens=3");
    assertEquals(0, outcome.exitCode(), outcome::toString);
    assertEquals("", outcome.out());
    List<JsonObject> lines = lines(Files.readString(out));
    assertEquals(List.of("日", "é\n"), values(lines, "prompt"));
    assertEquals("日本", lines.getFirst().get("text").getAsString());
  }

  @Test
  void promptsThatAreNotInOrderAreNamed() throws IOException {
    refused("{\"prompt\": \"a\"}\n{\"prompt\": \"b\"\n", "line 2 is not a JSON object");
    refused("{\"prompt\": \"a\"}\n{\"text\": \"b\"}\n", "line 2 has no field \"prompt\"");
    refused("{\"prompt\": \"\"}\n", "line 1 has an empty prompt");
    refused("\n \n", "has no prompts");
    Path file = Files.write(folder.resolve("bad.txt"), new byte[] {'a', (byte) 0xFF});
    verse.generate("--prompts=" + file).refused(Outcome.DATA, "bad.txt is not UTF-8");
    file = folder.resolve("none.txt");
    verse.generate("--prompts=" + file).refused(Outcome.DATA, file.toString());
    Files.writeString(file, "a\n" + "b".repeat(Verse.POSITIONS) + "\n");
    verse
        .generate("--prompts=" + file)
        .refused(Outcome.USAGE, "none.txt line 2", "16384 tokens", "1 to 16383");
  }

  private static void refused(String text, String part) throws IOException {
    Path file = Files.writeString(folder.resolve("bad.jsonl"), text);
    verse.generate("--prompts=" + file).refused(Outcome.DATA, "bad.jsonl", part);
  }

  @Test
  void whatCannotBeDoneIsNamed() {
    verse.generate("--prompt=a", "--tp=3").refused(Outcome.USAGE, "tp = 3", "1, 2, 4");
    verse
        .generate("--prompt=a", "--out=" + folder.resolve("none/out.jsonl"))
        .refused(Outcome.RESOURCE, "out.jsonl", "--out");
  }

  @Test
  void ctrlCLeavesWholeLines() throws IOException, InterruptedException {
    Path many = Files.writeString(folder.resolve("many.txt"), "日\n".repeat(500));
    try (Child child = verse.start("generate", "--prompts=" + many, "--max-tokens=300")) {
      child.awaitLine("finish_reason");
      child.signal("INT");
      Outcome ended = child.end();
      assertEquals(INTERRUPTED, ended.exitCode(), ended::toString);
      int complete = lines(ended.out()).size();
      assertTrue(complete > 0 && complete < 500, () -> complete + " lines");
    }
  }
}
