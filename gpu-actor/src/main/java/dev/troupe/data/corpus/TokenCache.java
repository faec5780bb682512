package dev.troupe.data.corpus;

import dev.troupe.data.digest.Fingerprint;
import dev.troupe.data.indexed.IndexedDataset;
import dev.troupe.data.indexed.IndexedDatasetWriter;
import dev.troupe.data.indexed.TokenType;
import dev.troupe.data.tokenizer.Tokenizer;
import dev.troupe.proto.error.Category;
import dev.troupe.proto.error.TroupeException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;

/**
 * A folder of tokenised corpora. An entry's name is a hash of the corpus, the tokenizer and this
 * code's version, so an entry is never out of date; what is no longer used may be deleted by hand.
 * Entries appear whole or not at all, and any number of processes may use the folder at once.
 *
 * @param folder where entries are; created when needed
 */
public record TokenCache(Path folder) {
  /** Raised when the same text and tokenizer would give other files. */
  private static final int FORMAT = 1;

  private static final int NAME_DIGITS = 32;

  /** Older temporary files are left by a process that was killed. */
  private static final Duration ABANDONED = Duration.ofHours(1);

  /**
   * The {@code .bin}/{@code .idx} prefix of a corpus, which is tokenised now if it never was.
   *
   * @throws TroupeException (data) if the corpus cannot be read or has no text; (resources) if the
   *     folder cannot be written or the disk is full
   */
  public Path prefix(Corpus corpus, Tokenizer tokenizer, ProgressListener listener) {
    Path prefix = folder.resolve(entryName(corpus, tokenizer));
    Path complete = folder.resolve(prefix.getFileName() + IndexedDataset.IDX);
    if (Files.exists(complete)) {
      return prefix;
    }
    try {
      Files.createDirectories(folder);
      try (var lock = new CacheLock(folder.resolve(prefix.getFileName() + ".lock"))) {
        if (!Files.exists(complete)) {
          removeAbandoned();
          tokenise(corpus, tokenizer, prefix, listener);
        }
      }
    } catch (IOException e) {
      throw unwritable(e.toString(), e);
    } catch (UncheckedIOException e) {
      throw unwritable(String.valueOf(e.getMessage()), e);
    }
    return prefix;
  }

  private static String entryName(Corpus corpus, Tokenizer tokenizer) {
    return new Fingerprint()
        .add(FORMAT)
        .add(corpus.fingerprint())
        .add(tokenizer.fingerprint())
        .add(tokenizer.beginOfDocument().orElse(-1))
        .add(tokenizer.endOfDocument())
        .hex()
        .substring(0, NAME_DIGITS);
  }

  private static void tokenise(
      Corpus corpus, Tokenizer tokenizer, Path prefix, ProgressListener listener)
      throws IOException {
    TokenType type = TokenType.forVocabulary(tokenizer.vocabSize());
    try (IndexedDatasetWriter writer = new IndexedDatasetWriter(prefix, type)) {
      TokenisingSink sink = new TokenisingSink(corpus, tokenizer, writer, listener);
      corpus.write(sink);
      if (!sink.any()) {
        throw TroupeException.data("%s has no text to train on".formatted(corpus.name()));
      }
      writer.publish();
      sink.finish();
    }
  }

  private void removeAbandoned() throws IOException {
    Instant limit = Instant.now().minus(ABANDONED);
    try (DirectoryStream<Path> files =
        Files.newDirectoryStream(folder, "*" + IndexedDatasetWriter.TEMPORARY + "*")) {
      for (Path file : files) {
        if (Files.getLastModifiedTime(file).toInstant().isBefore(limit)) {
          Files.deleteIfExists(file);
        }
      }
    }
  }

  private TroupeException unwritable(String why, Exception cause) {
    return new TroupeException(
        Category.RESOURCE,
        "data.cache: cannot write to %s (%s); free some space, or set data.cache to another folder"
            .formatted(folder, why),
        cause);
  }
}
