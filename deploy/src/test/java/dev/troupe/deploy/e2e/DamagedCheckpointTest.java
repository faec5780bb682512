package dev.troupe.deploy.e2e;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A run whose checkpoints were damaged. It has steps 2 and 4. */
class DamagedCheckpointTest {
  @TempDir Path folder;
  private Program program = new Program(Path.of(""));
  private RunFiles files = program.files();
  private List<String> losses = List.of();

  @BeforeEach
  void trainFourSteps() throws IOException {
    program = new Program(folder);
    files = program.files();
    train("train.steps=4").succeeded();
    losses = files.lossHex();
    assertEquals(List.of("latest", "step-00000002", "step-00000004"), files.checkpointNames());
  }

  private Outcome train(String... settings) {
    String[] all = {"checkpoint.every=2", "train.schedule=constant", "train.warmup=0", ""};
    all[3] = settings[0];
    return program.train(all);
  }

  private Path data(String step) {
    return files.checkpoints().resolve(step).resolve("rank-00001.safetensors");
  }

  private static void flipAByte(Path file) throws IOException {
    byte[] bytes = Files.readAllBytes(file);
    bytes[bytes.length / 2] ^= 1;
    Files.write(file, bytes);
  }

  @Test
  void theOneBeforeIsUsedAndTheStepsAreDoneAgain() throws IOException {
    flipAByte(data("step-00000004"));
    Outcome outcome = train("train.steps=4").succeeded();
    outcome.said("warning: ").said(data("step-00000004").toString()).said("goes on after step 2");
    assertEquals(losses, files.lossHex());
    train("train.steps=4").succeeded().said("is complete");
  }

  @Test
  void doesNotStartAnewOverCheckpointsThatAreAllDamaged() throws IOException {
    flipAByte(data("step-00000002"));
    flipAByte(data("step-00000004"));
    byte[] before = Files.readAllBytes(data("step-00000004"));
    train("train.steps=6")
        .refused(
            Outcome.DATA,
            data("step-00000004").toString(),
            "SHA-256",
            "give another run.name, or move that folder away");
    assertEquals(losses, files.lossHex());
    assertArrayEquals(before, Files.readAllBytes(data("step-00000004")));
    generate(files.checkpoints()).refused(Outcome.DATA, data("step-00000004").toString());
  }

  @Test
  void generateNamesTheDamagedFileOfTheCheckpointItWasGiven() throws IOException {
    flipAByte(data("step-00000004"));
    generate(files.checkpoints().resolve("step-00000004"))
        .refused(Outcome.DATA, data("step-00000004").toString(), "is damaged");
    Outcome fallback = generate(files.checkpoints());
    assertEquals(0, fallback.exitCode(), fallback::toString);
    assertEquals(1, fallback.err().lines().count(), fallback::err);
  }

  private static Outcome generate(Path checkpoint) {
    return Program.call(
        "generate", "--prompt", "A", "--max-tokens", "3", "--checkpoint", checkpoint.toString());
  }
}
