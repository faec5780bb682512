package dev.troupe.data.prepare;

import dev.troupe.data.prepare.Input.Packing;
import dev.troupe.proto.error.Category;
import dev.troupe.proto.error.TroupeException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * Finds the inputs that arguments stand for, in their order: files by the end of their names,
 * folders by the files in them and their subfolders, sorted by path (hidden files, and those of
 * other kinds, are passed over), and {@code -} for standard input.
 */
final class InputFiles {
  private static final String STANDARD_INPUT = "-";

  private InputFiles() {}

  /**
   * The inputs, at least one.
   *
   * @param other format of standard input
   * @throws TroupeException (usage or data) naming the argument and the remedy
   */
  static List<Input> find(List<String> arguments, InputFormat other) {
    List<Input> inputs = new ArrayList<>();
    for (String argument : arguments) {
      if (argument.equals(STANDARD_INPUT)) {
        if (inputs.stream().anyMatch(input -> input.path() == null)) {
          throw TroupeException.usage("- (standard input) is given twice; give it once");
        }
        inputs.add(new Input("standard input", null, other, Packing.NONE, 0, 0));
      } else {
        inputs.addAll(named(Path.of(argument)));
      }
    }
    return List.copyOf(inputs);
  }

  private static List<Input> named(Path path) {
    try {
      if (Files.isDirectory(path)) {
        return inFolder(path);
      }
      if (!Files.exists(path)) {
        throw TroupeException.data(
            path + " does not exist; give a file, a folder, or - for standard input");
      }
      return List.of(describe(path).orElseThrow(() -> unknown(path)));
    } catch (IOException e) {
      throw new TroupeException(
          Category.DATA, "%s cannot be read (%s); check its permissions".formatted(path, e), e);
    }
  }

  private static List<Input> inFolder(Path folder) throws IOException {
    List<Path> files;
    try (Stream<Path> walk = Files.walk(folder)) {
      files = walk.filter(file -> visible(folder, file)).filter(Files::isRegularFile).toList();
    }
    List<Input> inputs = new ArrayList<>();
    for (Path file : files.stream().sorted().toList()) {
      describe(file).ifPresent(inputs::add);
    }
    if (inputs.isEmpty()) {
      throw TroupeException.data(
          "the folder %s has no .txt, .jsonl or .parquet file (nor the first two with .gz or .zst)"
              .formatted(folder));
    }
    return inputs;
  }

  private static boolean visible(Path folder, Path file) {
    for (Path name : folder.relativize(file)) {
      if (name.toString().startsWith(".")) {
        return false;
      }
    }
    return true;
  }

  /** The input, if the name's end tells of what kind it is. */
  private static Optional<Input> describe(Path file) throws IOException {
    String name = file.toString().toLowerCase(Locale.ROOT);
    Packing packing = Packing.NONE;
    for (Packing each : Packing.values()) {
      if (each != Packing.NONE && name.endsWith(each.suffix())) {
        packing = each;
        name = name.substring(0, name.length() - each.suffix().length());
      }
    }
    InputFormat format;
    if (name.endsWith(".jsonl")) {
      format = InputFormat.JSONL;
    } else if (name.endsWith(".txt")) {
      format = InputFormat.TEXT;
    } else if (name.endsWith(".parquet") && packing == Packing.NONE) {
      format = InputFormat.PARQUET;
    } else {
      return Optional.empty();
    }
    BasicFileAttributes attributes = Files.readAttributes(file, BasicFileAttributes.class);
    return Optional.of(
        new Input(
            file.toString(),
            file,
            format,
            packing,
            attributes.size(),
            attributes.lastModifiedTime().to(TimeUnit.NANOSECONDS)));
  }

  private static TroupeException unknown(Path path) {
    return TroupeException.usage(
        ("%s: its name does not tell what it is; give .txt or .jsonl (also with .gz or .zst) or"
                + " .parquet, or feed it to - (standard input)")
            .formatted(path));
  }
}
