package dev.troupe.data.tokenizer;

import dev.troupe.data.digest.Sha256;
import dev.troupe.proto.error.Category;
import dev.troupe.proto.error.TroupeException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.SequencedMap;
import java.util.stream.Stream;

/**
 * A tokenizer's file.
 *
 * @param name what {@code data.tokenizer} says
 * @param file the file that this means
 */
record TokenizerPath(String name, Path file) {
  static final String JSON = "tokenizer.json";
  private static final String MODEL = "tokenizer.model";
  private static final String MODEL_SUFFIX = ".model";

  /** Files beside it that say which tokens begin and end a text. */
  static final List<String> BESIDE =
      List.of("tokenizer_config.json", "special_tokens_map.json", "generation_config.json");

  /**
   * Finds the file.
   *
   * @throws TroupeException (usage) where there is none
   */
  static TokenizerPath of(String name) {
    Path path;
    try {
      path = Path.of(name);
    } catch (InvalidPathException e) {
      throw unknown(name);
    }
    if (!Files.exists(path)) {
      throw unknown(name);
    }
    return new TokenizerPath(name, Files.isDirectory(path) ? inFolder(name, path) : path);
  }

  boolean isSentencePiece() {
    return file.toString().endsWith(MODEL_SUFFIX);
  }

  /** The file's bytes. */
  byte[] read() {
    return read(file);
  }

  /**
   * The file's bytes once more.
   *
   * @param fingerprint their hash
   * @throws TroupeException (data) where they are others by now
   */
  byte[] readAgain(String fingerprint) {
    byte[] bytes = read();
    if (!Sha256.of(bytes).equals(fingerprint)) {
      throw TroupeException.data(
          "data.tokenizer: %s changed since it was opened; start again".formatted(file));
    }
    return bytes;
  }

  static byte[] read(Path file) {
    try {
      return Files.readAllBytes(file);
    } catch (IOException e) {
      throw new TroupeException(
          Category.DATA, "data.tokenizer: %s cannot be read: %s".formatted(file, e), e);
    }
  }

  /** The file, and those beside it that belong to it, by their usual names. */
  SequencedMap<String, Path> all() {
    SequencedMap<String, Path> all = new LinkedHashMap<>();
    all.put(isSentencePiece() ? MODEL : JSON, file);
    for (String name : BESIDE) {
      Path beside = file.resolveSibling(name);
      if (Files.isRegularFile(beside)) {
        all.put(name, beside);
      }
    }
    return all;
  }

  private static Path inFolder(String name, Path folder) {
    for (String usual : List.of(JSON, MODEL)) {
      if (Files.isRegularFile(folder.resolve(usual))) {
        return folder.resolve(usual);
      }
    }
    try (Stream<Path> files = Files.list(folder)) {
      List<Path> models =
          files.filter(file -> file.toString().endsWith(MODEL_SUFFIX)).sorted().toList();
      if (models.size() == 1) {
        return models.getFirst();
      }
    } catch (IOException e) {
      throw new TroupeException(
          Category.DATA, "data.tokenizer: %s cannot be read: %s".formatted(folder, e), e);
    }
    throw TroupeException.usage(
        "data.tokenizer: the folder %s has neither %s nor %s; give the tokenizer's file"
            .formatted(name, JSON, MODEL));
  }

  private static TroupeException unknown(String name) {
    return TroupeException.usage(
        ("data.tokenizer: there is no tokenizer or file \"%s\"; give %s, the path of a"
                + " tokenizer.json or of a SentencePiece .model, or a folder with one")
            .formatted(name, ByteTokenizer.NAME));
  }
}
