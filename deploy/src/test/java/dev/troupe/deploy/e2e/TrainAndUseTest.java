package dev.troupe.deploy.e2e;

import static dev.troupe.deploy.e2e.Program.tiny;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import dev.troupe.proto.config.JobConfig;
import dev.troupe.proto.spec.JobSpec;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A run from nothing that goes on once, and what can then be done with it. */
class TrainAndUseTest {
  private static final String[] FIRST = {
    "train.steps=20", "train.schedule=constant", "train.lr=1e-2", "checkpoint.every=8"
  };

  @TempDir private static Path folder = Path.of("");
  private static Program program = new Program(folder);
  private static Outcome first = new Outcome(-1, "", "");
  private static List<String> lossesOfFirst = List.of();
  private static Outcome second = new Outcome(-1, "", "");

  @BeforeAll
  static void trainTwice() throws IOException, InterruptedException {
    program = new Program(folder);
    first = program.run(tiny(FIRST));
    lossesOfFirst = program.files().lossHex();
    String[] more = tiny(FIRST);
    more[more.length - FIRST.length] = "train.steps=24";
    second = program.run(more);
  }

  @Test
  void printsWhatItDoesAndNoNoise() {
    first.succeeded();
    List<String> lines = first.out().lines().toList();
    assertTrue(lines.getFirst().startsWith("  tokenising bios: 250 of 250"), first::out);
    assertEquals("tiny", lines.get(1));
    first.said("  mesh         tp 2 x dp 2 = 4 ranks").said("Finished 20 steps");
    assertEquals(20, lines.stream().filter(line -> line.matches(" +\\d+/20 .*s")).count());
    second.succeeded().said("  resume       goes on after step 20").said("Finished 24 steps");
  }

  @Test
  void everyStepHasOneLineWithAllFieldsAndTheLossFalls() throws IOException {
    RunFiles files = program.files();
    assertEquals(LongStream.rangeClosed(1, 24).boxed().toList(), files.steps());
    for (JsonObject line : files.metrics()) {
      assertEquals(
          Set.of(
              "step",
              "loss",
              "loss_hex",
              "grad_norm",
              "lr",
              "tokens",
              "tokens_per_second",
              "step_seconds",
              "mfu",
              "epoch",
              "dp",
              "tp"),
          line.keySet());
      assertEquals(12 * 32, line.get("tokens").getAsInt());
      assertEquals(2, line.get("tp").getAsInt());
      assertEquals(2, line.get("dp").getAsInt());
      assertEquals(
          line.get("loss").getAsDouble(), Double.parseDouble(line.get("loss_hex").getAsString()));
    }
    List<Double> losses = files.losses();
    assertTrue(losses.getFirst() > 5.4 && losses.getLast() < 4, losses::toString);
  }

  @Test
  void aResumeKeepsTheStepsBeforeIt() throws IOException {
    assertEquals(lossesOfFirst, program.files().lossHex().subList(0, 20));
    assertEquals(
        List.of(0, 20),
        program.files().events("started").stream()
            .map(event -> event.get("resume_step").getAsInt())
            .toList());
  }

  @Test
  void leavesItsJobAndItsCheckpoints() throws IOException {
    RunFiles files = program.files();
    JobSpec job = JobConfig.load(files.folder().resolve("job.conf"), List.of());
    assertEquals(24, job.train().steps());
    assertEquals(32, job.model().hidden());
    assertEquals(JobConfig.render(job), Files.readString(files.folder().resolve("job.conf")));
    assertEquals(List.of("latest", "step-00000020", "step-00000024"), files.checkpointNames());
    assertEquals("step-00000024", files.latest());
    assertEquals(
        List.of(8, 16, 20, 24),
        files.events("checkpoint").stream().map(event -> event.get("step").getAsInt()).toList());
    assertEquals(2, files.events("validation").size());
  }

  @Test
  void generatesFromTheLatestRun() throws IOException, InterruptedException {
    Outcome child =
        program.run("generate", "--prompt", "The man", "--max-tokens", "30", "--temperature", "0");
    child.succeeded();
    assertTrue(child.out().startsWith("The man"), child::out);
    assertEquals(child.out(), generate("--temperature", "0"));
  }

  @Test
  void theSeedDecidesWhatIsSampled() {
    String text = generate("--temperature", "1", "--top-p", "1", "--seed", "7");
    assertEquals(text, generate("--temperature", "1", "--top-p", "1", "--seed", "7"));
    assertNotEquals(text, generate("--temperature", "1", "--top-p", "1", "--seed", "8"));
  }

  @Test
  void evaluatesFiles() throws IOException {
    Path text = folder.resolve("held-out.txt");
    Files.writeString(text, "She was born in Boston. He works in Paris.\n".repeat(9));
    Outcome table = eval(text.toString());
    assertEquals(0, table.exitCode(), table::toString);
    table.said("perplexity").said(text.toString());
    Outcome json = eval(text.toString(), "--json");
    JsonObject tree = JsonParser.parseString(json.out()).getAsJsonObject();
    double loss = tree.get("loss").getAsDouble();
    assertTrue(loss > 1 && loss < 5.4, json::out);
    assertEquals(Math.exp(loss), tree.get("perplexity").getAsDouble(), 1e-9);
    assertEquals(Files.size(text), tree.get("tokens").getAsLong());
    table.said("%10.4f".formatted(loss));
  }

  @Test
  void sayingItAgainChangesNothing() throws IOException {
    List<String> before = program.files().lossHex();
    program.train("train.steps=24").succeeded().said("The run tiny is complete: 24 of 24 steps");
    assertEquals(before, program.files().lossHex());
  }

  private static String generate(String... options) {
    return Program.call(
            Stream.concat(
                    Stream.of(
                        "generate",
                        "--checkpoint",
                        program.files().checkpoints().toString(),
                        "--prompt",
                        "The man",
                        "--max-tokens",
                        "30"),
                    Arrays.stream(options))
                .toArray(String[]::new))
        .succeeded()
        .out();
  }

  private static Outcome eval(String... data) {
    return Program.call(
        Stream.concat(
                Stream.of(
                    "eval", "--checkpoint", program.files().checkpoints().toString(), "--data"),
                Arrays.stream(data))
            .toArray(String[]::new));
  }
}
