package dev.troupe.data.prepare;

import com.google.gson.GsonBuilder;
import com.google.gson.JsonParseException;
import dev.troupe.data.tokenizer.Tokenizer;
import dev.troupe.proto.error.Category;
import dev.troupe.proto.error.TroupeException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;

/**
 * The {@code .json} beside a prepared pair. Its names are a contract: tools read them.
 *
 * @param tokenizer what made the tokens
 * @param dtype type of a token: uint16 or int32
 * @param documents number of documents
 * @param tokens number of tokens, ends of documents included
 * @param bos id that begins each document; null where documents have no such beginning
 * @param eos id that ends each document; null where documents have no such end
 * @param empty documents without text, which are not in the pair
 * @param skipped lines or rows that had no document
 * @param sources what the documents come from
 */
public record Description(
    Made tokenizer,
    String dtype,
    long documents,
    long tokens,
    @Nullable Integer bos,
    @Nullable Integer eos,
    long empty,
    long skipped,
    List<Source> sources) {

  /**
   * A tokenizer.
   *
   * @param name the name that it was opened by
   * @param fingerprint its {@link Tokenizer#fingerprint()}
   * @param vocab number of its ids
   */
  public record Made(String name, String fingerprint, int vocab) {}

  /**
   * An input.
   *
   * @param name of the file
   * @param bytes its size on disk; 0 for standard input
   */
  public record Source(String name, long bytes) {}

  static Description of(PrepareSettings settings, String dtype, List<Input> inputs, Progress end) {
    Tokenizer tokenizer = settings.tokenizer();
    OptionalInt begin = tokenizer.beginOfDocument();
    return new Description(
        new Made(tokenizer.name(), tokenizer.fingerprint(), tokenizer.vocabSize()),
        dtype.toLowerCase(Locale.ROOT),
        end.documents(),
        end.tokens(),
        begin.isPresent() ? begin.getAsInt() : null,
        settings.appendEnd() ? tokenizer.endOfDocument() : null,
        end.empty(),
        end.skipped(),
        inputs.stream().map(input -> new Source(input.name(), input.bytes())).toList());
  }

  String json() {
    return new GsonBuilder().setPrettyPrinting().disableHtmlEscaping().create().toJson(this) + "\n";
  }

  /**
   * The description beside a pair, if it has one: Megatron-LM's have none.
   *
   * @throws TroupeException (data) if it is there but cannot be read
   */
  public static Optional<Description> read(Path prefix) {
    Path file = prefix.resolveSibling(prefix.getFileName() + ".json");
    if (!Files.isRegularFile(file)) {
      return Optional.empty();
    }
    try {
      @Nullable Description read =
          new GsonBuilder().create().fromJson(Files.readString(file), Description.class);
      // Another program's .json may lie there: it says nothing of a tokenizer.
      boolean ours = read != null && read.tokenizer() != null && read.sources() != null;
      return ours ? Optional.ofNullable(read) : Optional.empty();
    } catch (IOException | JsonParseException e) {
      throw new TroupeException(
          Category.DATA,
          "%s cannot be read (%s); prepare the pair again, or remove this file to use the pair as it is"
              .formatted(file, e.getMessage()),
          e);
    }
  }

  /**
   * Refuses tokens of another tokenizer.
   *
   * @throws TroupeException (data) naming both
   */
  public void requireMadeBy(Tokenizer wanted, Path prefix) {
    if (!tokenizer.fingerprint().equals(wanted.fingerprint())) {
      throw TroupeException.data(
          ("%s was made with tokenizer %s (%d ids, fingerprint %.12s), but data.tokenizer = %s (%d ids,"
                  + " fingerprint %.12s); set data.tokenizer to the one it was made with, or prepare"
                  + " the data again")
              .formatted(
                  prefix,
                  tokenizer.name(),
                  tokenizer.vocab(),
                  tokenizer.fingerprint(),
                  wanted.name(),
                  wanted.vocabSize(),
                  wanted.fingerprint()));
    }
  }
}
