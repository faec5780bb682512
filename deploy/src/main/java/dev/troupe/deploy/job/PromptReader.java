package dev.troupe.deploy.job;

import dev.troupe.data.text.BadLineException;
import dev.troupe.data.text.JsonLine;
import dev.troupe.deploy.cli.GenerateJob.Prompts;
import dev.troupe.proto.error.Category;
import dev.troupe.proto.error.TroupeException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Reads the prompts of {@code troupe generate}. Where the first line is a JSON object, all are.
 * Blank lines are passed over.
 *
 * @param standardInput what the file {@code -} stands for
 */
record PromptReader(InputStream standardInput) {
  private static final String FIELD = "prompt";

  /**
   * A prompt and where it is from.
   *
   * @param place for messages
   */
  record Prompt(String text, String place) {}

  /**
   * Reads all of them.
   *
   * @throws TroupeException of category data naming the file and the line that is not in order
   */
  List<Prompt> read(Prompts prompts) {
    return switch (prompts) {
      case Prompts.One one -> List.of(new Prompt(one.text(), "--prompt"));
      case Prompts.Listed listed -> read(listed.file());
    };
  }

  private List<Prompt> read(Path file) {
    String name = file.toString().equals("-") ? "standard input" : file.toString();
    List<String> lines = text(file, name).lines().toList();
    boolean json =
        lines.stream()
            .filter(line -> !line.isBlank())
            .findFirst()
            .filter(PromptReader::isObject)
            .isPresent();
    List<Prompt> found = new ArrayList<>();
    for (int i = 0; i < lines.size(); i++) {
      String line = lines.get(i);
      if (!line.isBlank()) {
        String place = name + " line " + (i + 1);
        found.add(new Prompt(json ? fromJson(line, place) : line, place));
      }
    }
    if (found.isEmpty()) {
      throw TroupeException.data("%s has no prompts; put one on each line".formatted(name));
    }
    return found;
  }

  private static boolean isObject(String line) {
    return line.stripLeading().startsWith("{");
  }

  private String text(Path file, String name) {
    try {
      byte[] bytes =
          file.toString().equals("-") ? standardInput.readAllBytes() : Files.readAllBytes(file);
      return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
    } catch (CharacterCodingException e) {
      throw new TroupeException(Category.DATA, name + " is not UTF-8; convert it", e);
    } catch (IOException e) {
      throw new TroupeException(Category.DATA, "cannot read %s: %s".formatted(name, e), e);
    }
  }

  private static String fromJson(String line, String place) {
    String text;
    try {
      text = JsonLine.text(line, FIELD);
    } catch (BadLineException e) {
      throw new TroupeException(Category.DATA, place + " " + e.getMessage(), e);
    }
    if (text.isEmpty()) {
      throw TroupeException.data(place + " has an empty prompt");
    }
    return text;
  }
}
