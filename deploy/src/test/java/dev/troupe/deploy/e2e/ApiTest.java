package dev.troupe.deploy.e2e;

import static dev.troupe.deploy.e2e.Program.tiny;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A run that is asked and told over its API. */
class ApiTest {
  @TempDir Path folder;

  @Test
  void aRunIsWatchedAndStoppedAndLeavesACheckpoint() throws IOException, InterruptedException {
    Program program = new Program(folder);
    RunFiles files = program.files();
    String run = files.folder().toString();
    Outcome ended;
    try (Child child = program.start(tiny("train.steps=1000000", "log.format=json"))) {
      while (!Files.exists(files.folder().resolve("api.json"))) {
        child.awaitLine("/1000000"); // a line a step; the child is killed after a minute
      }
      JsonObject status =
          JsonParser.parseString(Program.call("status", run, "--json").succeeded().out())
              .getAsJsonObject();
      assertEquals("tiny", status.get("run").getAsString());
      assertEquals("training", status.get("state").getAsString());
      assertTrue(status.get("step").getAsLong() > 0, status::toString);

      Program.call("drain", "local", run).refused(Outcome.USAGE, "one node");
      Program.call("stop", run, "--reason", "enough").succeeded().said("Run tiny finishes");
      ended = child.end().succeeded();
    }
    long last = files.steps().getLast();
    ended.said("Stopped after step %,d".formatted(last));
    assertEquals("step-%08d".formatted(last), files.latest());
    assertEquals("enough", files.events("stop-requested").getFirst().get("reason").getAsString());
    assertFalse(Files.exists(files.folder().resolve("api.json")));
    List<String> curves = RunFiles.names(files.folder().resolve("tensorboard"));
    assertEquals(1, curves.size(), curves::toString);
    for (String line : Files.readAllLines(files.folder().resolve("troupe.log"))) {
      assertTrue(JsonParser.parseString(line).getAsJsonObject().has("message"), line);
    }
    Program.call("status", run).refused(5, "run tiny is not running", "step %,d,".formatted(last));
  }

  @Test
  void anApiThatIsOpenToOthersWithoutATokenIsRefusedBeforeTraining() {
    new Program(folder)
        .train("train.steps=1", "api.host=0.0.0.0")
        .refused(Outcome.USAGE, "api.host = 0.0.0.0", "api.token-file");
  }
}
