package dev.troupe.deploy.job;

import dev.troupe.checkpoint.CheckpointFolder;
import dev.troupe.data.digest.Sha256;
import dev.troupe.data.tokenizer.Tokenizer;
import dev.troupe.data.tokenizer.Tokenizers;
import dev.troupe.proto.error.Category;
import dev.troupe.proto.error.TroupeException;
import dev.troupe.proto.file.WholeFile;
import dev.troupe.proto.spec.DataSpec;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Copies of a tokenizer's files in a run's folder and in its checkpoints, so that these can be used
 * when the originals have moved.
 */
final class TokenizerCopy {
  private static final int SHOWN_DIGITS = 12;

  private TokenizerCopy() {}

  /**
   * Copies the files of a tokenizer to {@code runDir/tokenizer} and returns what they hold, by
   * name.
   *
   * @throws TroupeException where one cannot be read or written, or is another one by now
   */
  static Map<String, byte[]> keep(Tokenizer tokenizer, Path runDir) {
    Map<String, byte[]> contents = contents(tokenizer);
    Path folder = runDir.resolve(CheckpointFolder.TOKENIZER);
    contents.forEach((name, bytes) -> write(folder, name, bytes));
    return contents;
  }

  /**
   * What the files of a tokenizer hold, by name.
   *
   * @throws TroupeException where one cannot be read, or is another one by now
   */
  static Map<String, byte[]> contents(Tokenizer tokenizer) {
    Map<String, byte[]> contents = new LinkedHashMap<>();
    for (Map.Entry<String, Path> file : tokenizer.files().entrySet()) {
      byte[] bytes = read(file.getValue());
      if (contents.isEmpty() && !Sha256.of(bytes).equals(tokenizer.fingerprint())) {
        throw TroupeException.data(
            "%s changed while it was read; start again".formatted(file.getValue()));
      }
      contents.put(file.getKey(), bytes);
    }
    return Collections.unmodifiableMap(contents);
  }

  /** The tokenizer of a checkpoint: its own copy, or what its job names where it has none. */
  static Tokenizer open(Path checkpoint, DataSpec data) {
    Path copy = checkpoint.resolve(CheckpointFolder.TOKENIZER);
    String name = Files.isDirectory(copy) ? copy.toString() : data.tokenizer();
    return Tokenizers.open(name, data.bos(), data.eos());
  }

  /**
   * Refuses a tokenizer that a checkpoint was not trained with.
   *
   * @param saved the fingerprint in the checkpoint
   */
  static void requireSame(Path checkpoint, String saved, Tokenizer tokenizer) {
    if (saved.equals(tokenizer.fingerprint())) {
      return;
    }
    Path copy = checkpoint.resolve(CheckpointFolder.TOKENIZER);
    if (tokenizer.name().equals(copy.toString())) {
      throw TroupeException.data(
          "%s is not the tokenizer that its checkpoint was trained with (SHA-256 %s..., not %s...); put that one's files there, such as those of another checkpoint of the run"
              .formatted(copy, shown(tokenizer.fingerprint()), shown(saved)));
    }
    throw TroupeException.data(
        "%s was trained with another tokenizer (SHA-256 %s...) than %s (%s...); %s or start anew with another run.name"
            .formatted(
                checkpoint,
                shown(saved),
                tokenizer.name(),
                shown(tokenizer.fingerprint()),
                Files.isDirectory(copy)
                    ? "set data.tokenizer=" + copy
                    : "set data.tokenizer to the checkpoint's"));
  }

  private static String shown(String fingerprint) {
    return fingerprint.substring(0, Math.min(SHOWN_DIGITS, fingerprint.length()));
  }

  private static byte[] read(Path file) {
    try {
      return Files.readAllBytes(file);
    } catch (IOException e) {
      throw new TroupeException(Category.DATA, "%s cannot be read: %s".formatted(file, e), e);
    }
  }

  private static void write(Path folder, String name, byte[] bytes) {
    Path file = folder.resolve(name);
    try {
      Files.createDirectories(folder);
      WholeFile.write(file, bytes);
    } catch (IOException e) {
      throw new TroupeException(
          Category.RESOURCE, "%s cannot be written: %s".formatted(file, e), e);
    }
  }
}
