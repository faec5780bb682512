package dev.troupe.deploy.gpucheck;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import dev.troupe.collectives.device.cuda.EmulatedGpu;
import dev.troupe.deploy.Main;
import dev.troupe.deploy.process.JavaCommand;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The check as a program: on an emulated GPU, and where there is none. */
class GpuCheckTest {
  private static final int RESOURCE = 4;

  @TempDir Path folder;

  private record Result(int exit, String out) {}

  private Result check(Path cuda, String... arguments) throws IOException, InterruptedException {
    List<String> all = new ArrayList<>(List.of("gpu-check", "--out=" + folder.resolve("out.json")));
    all.addAll(List.of(arguments));
    Path out = folder.resolve("out.txt");
    ProcessBuilder builder =
        new ProcessBuilder(JavaCommand.of(Main.class, List.of(), all))
            .directory(folder.toFile())
            .redirectErrorStream(true)
            .redirectOutput(out.toFile());
    builder.environment().put("TROUPE_CUDA_PATH", cuda.toString());
    int exit = builder.start().waitFor();
    return new Result(exit, Files.readString(out));
  }

  @Test
  void anEmulatedGpuPasses() throws Exception {
    Path cuda = EmulatedGpu.start().folder();

    Result result = check(cuda, "--small");

    assertEquals(0, result.exit(), result.out());
    assertTrue(result.out().contains(" 0 failed"), result.out());
    JsonObject json =
        JsonParser.parseString(Files.readString(folder.resolve("out.json"))).getAsJsonObject();
    assertTrue(json.get("passed").getAsBoolean(), json::toString);
    assertEquals(6, json.getAsJsonArray("sections").size());
    for (JsonElement section : json.getAsJsonArray("sections")) {
      boolean speed = section.getAsJsonObject().get("section").getAsString().equals("f");
      boolean ran =
          section.getAsJsonObject().getAsJsonArray("findings").asList().stream()
              .anyMatch(each -> each.getAsJsonObject().get("outcome").getAsString().equals("ok"));
      assertEquals(!speed, ran, section::toString);
    }
  }

  @Test
  void whereThereIsNoGpuItSaysWhyAndWhatToDo() throws Exception {
    Files.createFile(folder.resolve("libcuda.so.1")); // found first, and no library

    Result result = check(folder);

    assertEquals(RESOURCE, result.exit(), result.out());
    assertTrue(result.out().contains("libcuda.so.1"), result.out());
    assertFalse(result.out().contains("\tat "), result.out());
    assertFalse(Files.exists(folder.resolve("out.json")));
  }

  @Test
  void sectionsThatThereAreNotAreRefused() throws Exception {
    Result result = check(folder, "--only=a,z");

    assertEquals(2, result.exit(), result.out());
    assertTrue(result.out().contains("--only z: there are sections a,b,c,d,e,f"), result.out());
  }
}
