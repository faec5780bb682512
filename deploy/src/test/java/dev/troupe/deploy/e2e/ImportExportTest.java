package dev.troupe.deploy.e2e;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import dev.troupe.proto.config.JobConfig;
import dev.troupe.proto.spec.ModelSpec;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A trained model that goes out to Hugging Face's form and comes back. */
class ImportExportTest {
  @TempDir private static Path folder = Path.of("");
  private static Path exported = folder;
  private static Path imported = folder;

  @BeforeAll
  static void trainExportAndImport() throws IOException {
    exported = folder.resolve("hf");
    imported = folder.resolve("imported");
    Files.writeString(folder.resolve("text.txt"), "The square of 12 is 144. ".repeat(20));
    train(
            "tiny",
            "train.steps=2",
            "model.rope-scaling.factor=4",
            "model.norm-eps=1e-6",
            "train.seq-length=64")
        .succeeded();
    export(exported, "--shard-size=40KB").succeeded().said("Exported ").said("files");
    Program.call("import", "--from=" + exported, "--out=" + imported)
        .succeeded()
        .said("Imported " + exported)
        .said("tokenizer bytes");
  }

  private static Outcome train(String run, String... settings) {
    String[] all = new String[settings.length + 2];
    all[0] = "run.name=" + run;
    all[1] = "run.dir=" + folder.resolve("runs").resolve(run);
    System.arraycopy(settings, 0, all, 2, settings.length);
    return new Program(folder).train(all);
  }

  private static Path checkpoints() {
    return new Program(folder).files("tiny").checkpoints();
  }

  private static Outcome export(Path out, String... options) {
    String[] all = new String[options.length + 3];
    all[0] = "export";
    all[1] = "--checkpoint=" + checkpoints();
    all[2] = "--out=" + out;
    System.arraycopy(options, 0, all, 3, options.length);
    return Program.call(all);
  }

  private static double loss(Path checkpoint) {
    Outcome eval =
        Program.call(
            "eval", "--checkpoint=" + checkpoint, "--data=" + folder.resolve("text.txt"), "--json");
    assertEquals(0, eval.exitCode(), eval::toString);
    JsonObject json = JsonParser.parseString(eval.out()).getAsJsonObject();
    return json.get("loss").getAsDouble();
  }

  @Test
  void theImportedModelHasTheSameLoss() {
    assertEquals(loss(checkpoints()), loss(imported), 1e-7);
  }

  @Test
  void exportedAgainTheFilesAreTheSame() throws IOException {
    Path again = folder.resolve("hf-again");
    Program.call("export", "--checkpoint=" + imported, "--out=" + again, "--shard-size=40KB")
        .succeeded();
    List<String> names = RunFiles.names(exported);
    assertTrue(names.size() > 4, names::toString);
    assertEquals(names, RunFiles.names(again));
    for (String name : names) {
      assertArrayEquals(
          Files.readAllBytes(exported.resolve(name)),
          Files.readAllBytes(again.resolve(name)),
          name);
    }
  }

  @Test
  void aRunThatStartsFromItTakesItsModel() throws IOException {
    Path run = folder.resolve("runs/next");
    Outcome trained =
        Program.call(
            "train",
            "checkpoint.from=" + imported,
            "run.name=next",
            "run.dir=" + run,
            "data.cache=" + folder.resolve("runs/.data"),
            "data.bios.people=50",
            "train.steps=1",
            "train.seq-length=32",
            "train.global-batch=4");
    trained.succeeded();
    ModelSpec wanted = JobConfig.load(checkpoints().resolveSibling("job.conf"), List.of()).model();
    ModelSpec model = JobConfig.load(run.resolve("job.conf"), List.of()).model();
    assertEquals("imported", model.preset());
    assertEquals(wanted.ropeScaling(), model.ropeScaling());
    assertEquals(wanted.ffn(), model.ffn());
    assertEquals(wanted.normEps(), model.normEps());
  }

  @Test
  void anotherRotaryEmbeddingIsAnotherModel() {
    train("other", "checkpoint.from=" + imported, "model.rope-scaling.factor=8")
        .refused(Outcome.DATA, "model.rope-scaling.factor=4.0", "the job 8.0");
  }

  @Test
  void mistakesNameTheOptionAndLeaveNothing() throws IOException {
    Path out = folder.resolve("none/out");
    Program.call("import", "--from=" + folder.resolve("nowhere"), "--out=" + out)
        .refused(Outcome.DATA, "nowhere is no folder", "config.json");
    Program.call("import", "--from=" + exported, "--out=" + exported)
        .refused(Outcome.USAGE, exported + " has files in it already");
    Program.call("import", "--from=" + exported, "--out=" + out, "--tokenizer=" + out)
        .refused(Outcome.USAGE, "data.tokenizer", out.toString());
    export(exported).refused(Outcome.USAGE, exported + " has files in it already");
    export(out, "--shard-size=much").refused(Outcome.USAGE, "--shard-size = much", "5GB");
    export(out, "--dtype=fp8").refused(Outcome.USAGE, "--dtype", "fp8");
    assertFalse(Files.exists(out.getParent()));
  }
}
