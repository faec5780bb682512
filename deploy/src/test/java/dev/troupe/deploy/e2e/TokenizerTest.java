package dev.troupe.deploy.e2e;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import dev.troupe.proto.config.JobConfig;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** From texts to a tokenizer, a model that is trained with it, and what can be done with that. */
class TokenizerTest {
  private static final List<String> TEXT =
      List.of(
          "The ferry left the harbour before the rain began. ",
          "She put the letters back into the drawer. ",
          "A good map is worth more than a good story about a map. ",
          "The café opens at seven: “even on Sundays” 😀.\n");

  @TempDir private static Path folder = Path.of("");
  private static Path text = Path.of("");
  private static Path tokenizer = Path.of("");
  private static Path moved = Path.of("");

  @BeforeAll
  static void trainAndMoveTheTokenizerAway() throws IOException {
    text = folder.resolve("text.txt");
    tokenizer = folder.resolve("mine.json");
    moved = folder.resolve("moved/mine.json");
    Files.writeString(text, String.join("", TEXT).repeat(30));
    learn(tokenizer, 300).said("300 tokens");
    train().said("Finished 20 steps");
    Files.createDirectories(folder.resolve("moved"));
    Files.move(tokenizer, moved);
  }

  @Test
  void theVocabularyIsTheTokenizers() {
    Path job = folder.resolve("runs/tiny/job.conf");
    assertEquals(300, JobConfig.load(job, List.of()).model().vocab());
  }

  @Test
  void theRunAndItsCheckpointsHaveTheirTokenizer() throws IOException {
    String original = Files.readString(moved);
    for (String copy : List.of("runs/tiny", "runs/tiny/checkpoints/step-00000020")) {
      Path file = folder.resolve(copy).resolve("tokenizer/tokenizer.json");
      assertEquals(original, Files.readString(file));
    }
  }

  @Test
  void generatesWithoutTheOriginal() {
    Outcome generated =
        Program.call(
            "generate",
            "--checkpoint=" + checkpoints(),
            "--prompt=The café",
            "--max-tokens=20",
            "--temperature=0");
    generated.succeeded();
    assertTrue(generated.out().startsWith("The café"), generated::out);
    assertFalse(generated.out().contains("<s>"), generated::out);
  }

  @Test
  void evaluatesWithoutTheOriginal() {
    Outcome json =
        Program.call("eval", "--checkpoint=" + checkpoints(), "--data", text.toString(), "--json");
    assertEquals(0, json.exitCode(), json::toString);
    JsonObject tree = JsonParser.parseString(json.out()).getAsJsonObject();
    double loss = tree.get("loss").getAsDouble();
    assertTrue(loss > 0 && loss < Math.log(300), json::out);
    long tokens = tree.get("tokens").getAsLong();
    assertTrue(tokens < 30 * 180 * 3 / 4, () -> tokens + " tokens are hardly fewer than bytes");
  }

  @Test
  void anotherTokenizerIsRefused() throws IOException {
    Path other = folder.resolve("other.json");
    learn(other, 290);
    Program.call(train(other, "model.vocab=300"))
        .refused(
            Outcome.DATA,
            "step-00000020 was trained with another tokenizer",
            other.toString(),
            "step-00000020/tokenizer",
            "run.name");
    Program.call(train(moved, "model.vocab=299"))
        .refused(Outcome.USAGE, "model.vocab = 299", "300", moved.toString());
    Program.call(train(folder.resolve("none.json")))
        .refused(Outcome.USAGE, "data.tokenizer", "none.json", ".model");
  }

  @Test
  void aChangedCopyIsRefused() throws IOException {
    Path checkpoint = checkpoints().resolve("step-00000020");
    Path changed = folder.resolve("step-00000020");
    try (Stream<Path> files = Files.walk(checkpoint)) {
      for (Path file : files.toList()) {
        Files.copy(file, changed.resolve(checkpoint.relativize(file)));
      }
    }
    Path json = changed.resolve("tokenizer/tokenizer.json");
    Files.writeString(json, Files.readString(json).replace("1.0", "1.1"));
    Program.call("generate", "--checkpoint=" + changed, "--prompt=x")
        .refused(Outcome.DATA, changed.resolve("tokenizer").toString(), "another checkpoint");
  }

  @Test
  void mistakesOfTrainTokenizerAreNamed() throws IOException {
    String out = "--out=" + folder.resolve("new.json");
    call("--vocab=257", out, text.toString()).refused(Outcome.USAGE, "--vocab 257", "258");
    call("--bos=<s>", "--eos=<s>", out, text.toString()).refused(Outcome.USAGE, "--bos <s>");
    call("--out=" + folder, text.toString()).refused(Outcome.USAGE, "--out", "tokenizer.json");
    call(out, folder.resolve("none.txt").toString()).refused(Outcome.DATA, "none.txt");
    Path broken = Files.write(folder.resolve("broken.txt"), new byte[] {'a', (byte) 0xFF});
    call(out, broken.toString()).refused(Outcome.DATA, "broken.txt", "UTF-8");
    assertFalse(Files.exists(folder.resolve("new.json")));
  }

  private static Outcome learn(Path file, int size) {
    Outcome learnt = call("--vocab=" + size, "--out=" + file, text.toString());
    assertEquals(0, learnt.exitCode(), learnt::toString);
    return learnt;
  }

  private static Outcome call(String... arguments) {
    return Program.call(
        Stream.concat(Stream.of("data", "train-tokenizer"), Stream.of(arguments))
            .toArray(String[]::new));
  }

  private static Outcome train() {
    return Program.call(train(tokenizer)).succeeded();
  }

  private static String[] train(Path tokenizer, String... settings) {
    return Stream.of(
            Program.tiny(),
            new String[] {
              "data.cache=" + folder.resolve("runs/.data"),
              "run.dir=" + folder.resolve("runs/tiny"),
              "data.path=" + text,
              "data.tokenizer=" + tokenizer,
              "train.steps=20",
              "train.lr=1e-2",
              "checkpoint.every=20",
              "data.validation.every=0"
            },
            settings)
        .flatMap(Stream::of)
        .toArray(String[]::new);
  }

  private static Path checkpoints() {
    return folder.resolve("runs/tiny/checkpoints");
  }
}
