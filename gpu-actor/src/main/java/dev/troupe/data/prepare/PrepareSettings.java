package dev.troupe.data.prepare;

import dev.troupe.data.digest.Fingerprint;
import dev.troupe.data.tokenizer.Tokenizer;
import dev.troupe.proto.error.TroupeException;
import java.nio.file.Path;
import java.util.List;

/**
 * What to prepare, and how.
 *
 * @param prefix of the {@code .bin}, {@code .idx} and {@code .json} to write
 * @param inputs files, folders, and {@code -} for standard input, in order
 * @param tokenizer makes the tokens
 * @param appendEnd whether each document ends with the tokenizer's end-of-document token
 * @param field of a JSONL object, or column of a table, that has the document
 * @param standardInput how documents lie in standard input
 * @param skipBad how many lines of JSONL and rows of tables may have no document
 * @param threads how many threads tokenise; does not change the result
 * @param overwrite whether a token file of that prefix may be replaced
 * @param restart whether an interrupted preparation is forgotten
 */
public record PrepareSettings(
    Path prefix,
    List<String> inputs,
    Tokenizer tokenizer,
    boolean appendEnd,
    String field,
    InputFormat standardInput,
    long skipBad,
    int threads,
    boolean overwrite,
    boolean restart) {

  /** Raised when the same inputs would give other files. */
  private static final int FORMAT = 1;

  /** Checks numbers. */
  public PrepareSettings {
    inputs = List.copyOf(inputs);
    if (prefix.getFileName() == null) {
      throw TroupeException.usage(
          "--out = %s has no name; give the prefix of the files to write".formatted(prefix));
    }
    if (skipBad < 0) {
      throw TroupeException.usage("--skip-bad = %d; give 0 or more".formatted(skipBad));
    }
    if (standardInput == InputFormat.PARQUET) {
      throw TroupeException.usage("standard input cannot be a Parquet file; give the file itself");
    }
    if (threads < 1) {
      throw TroupeException.usage("--threads = %d; give 1 or more".formatted(threads));
    }
  }

  /** Of all that decides the tokens, but the inputs. */
  String fingerprint(int pieceBytes) {
    return new Fingerprint()
        .add(FORMAT)
        .add(tokenizer.fingerprint())
        .add(appendEnd ? tokenizer.endOfDocument() : -1)
        .add(tokenizer.beginOfDocument().orElse(-1))
        .add(field)
        .add(pieceBytes)
        .hex();
  }
}
