package dev.troupe.deploy.e2e;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonObject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Training on ordinary English text. */
class TextFilesTest {
  private static final List<String> SENTENCES =
      List.of(
          "The ferry left the harbour before the rain began.",
          "Nobody in the village had seen such a winter.",
          "She put the letters back into the drawer and locked it.",
          "A good map is worth more than a good story about a map.",
          "The café on the corner opens at seven, even on Sundays.",
          "They walked along the river until the lamps were lit.");

  @TempDir Path folder;

  private Outcome train(String... settings) {
    String[] all = new String[settings.length + 4];
    System.arraycopy(settings, 0, all, 0, settings.length);
    all[settings.length] = "train.steps=20";
    all[settings.length + 1] = "train.lr=1e-2";
    all[settings.length + 2] = "train.schedule=constant";
    all[settings.length + 3] = "data.validation.every=10";
    return new Program(folder).train(all);
  }

  private void assertLearned() throws IOException {
    RunFiles files = new Program(folder).files();
    List<Double> losses = files.losses();
    assertTrue(losses.getFirst() - losses.getLast() > 1, losses::toString);
    List<JsonObject> validations = files.events("validation");
    assertEquals(
        List.of(10, 20), validations.stream().map(event -> event.get("step").getAsInt()).toList());
    double last = validations.getLast().get("loss").getAsDouble();
    assertEquals(losses.getLast(), last, 1, "held-out text is of the same kind");
  }

  @Test
  void trainsOnAFolderOfTexts() throws IOException {
    Path texts = Files.createDirectories(folder.resolve("texts/more"));
    for (int i = 0; i < 40; i++) {
      Path to = i % 2 == 0 ? texts : texts.resolveSibling("");
      Files.writeString(
          to.resolve("chapter-%d.txt".formatted(i)),
          (SENTENCES.get(i % 6) + "\n" + SENTENCES.get((i + 2) % 6) + "\n").repeat(3));
    }
    Files.writeString(texts.resolve("notes.md"), "not text to train on");
    String path = "data.path=" + folder.resolve("texts");
    Outcome outcome = train(path).succeeded();
    outcome.said("tokenising " + folder.resolve("texts"));
    assertLearned();
    Outcome again = train(path, "run.dir=" + folder.resolve("runs/again")).succeeded();
    assertFalse(again.out().contains("tokenising"), again::out);
    assertEquals(
        new Program(folder).files().lossHex(), new Program(folder).files("again").lossHex());
  }

  @Test
  void trainsOnJsonLinesWithValidationOfItsOwn() throws IOException {
    StringBuilder lines = new StringBuilder();
    for (int i = 0; i < 60; i++) {
      lines.append("{\"id\": %d, \"text\": \"%s\"}%n".formatted(i, SENTENCES.get(i % 6)));
    }
    Path train = Files.writeString(folder.resolve("train.jsonl"), lines);
    Path heldOut =
        Files.writeString(folder.resolve("held-out.txt"), (SENTENCES.get(1) + "\n").repeat(4));
    train("data.path=" + train, "data.validation.path=" + heldOut).succeeded();
    assertLearned();
  }
}
