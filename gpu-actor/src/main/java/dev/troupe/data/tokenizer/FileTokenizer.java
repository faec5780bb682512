package dev.troupe.data.tokenizer;

import dev.troupe.data.encode.Encoder;
import java.nio.file.Path;
import java.util.OptionalInt;
import java.util.SequencedMap;
import java.util.function.Supplier;

/**
 * A tokenizer from a file: what each id stands for is ours, which ids a text gets is its native
 * library's, which is loaded when text is first encoded.
 */
final class FileTokenizer implements Tokenizer {
  /**
   * What a file says.
   *
   * @param bytes the bytes of each id, none for special ones
   * @param special which tokens begin and end a document
   * @param dropsFirstSpace see {@link Tokenizer#dropsFirstSpace}
   * @param first makes the encoder of whole texts and of their beginnings
   * @param next makes the encoder of later parts
   */
  record Contents(
      byte[][] bytes,
      SpecialTokens special,
      boolean dropsFirstSpace,
      Supplier<Encoder> first,
      Supplier<Encoder> next) {}

  private final TokenizerPath path;
  private final String fingerprint;
  private final Contents contents;
  private final Supplier<Encoder> first;
  private final Supplier<Encoder> next;

  FileTokenizer(TokenizerPath path, String fingerprint, Contents contents) {
    this.path = path;
    this.fingerprint = fingerprint;
    this.contents = contents;
    this.first = new Once<>(contents.first());
    this.next = new Once<>(contents.next());
  }

  @Override
  public String name() {
    return path.name();
  }

  @Override
  public int vocabSize() {
    return contents.bytes().length;
  }

  @Override
  public int endOfDocument() {
    return contents.special().eos();
  }

  @Override
  public OptionalInt beginOfDocument() {
    return contents.special().bos();
  }

  @Override
  public int[] encode(CharSequence text) {
    return first.get().encode(text.toString());
  }

  @Override
  public int[] encodeNext(CharSequence text) {
    return next.get().encode(text.toString());
  }

  @Override
  public byte[] bytes(int id) {
    if (id < 0 || id >= vocabSize()) {
      throw new IllegalArgumentException(
          "token id %d is outside 0..%d".formatted(id, vocabSize() - 1));
    }
    return contents.bytes()[id].clone();
  }

  @Override
  public boolean dropsFirstSpace() {
    return contents.dropsFirstSpace();
  }

  @Override
  public String fingerprint() {
    return fingerprint;
  }

  @Override
  public SequencedMap<String, Path> files() {
    return path.all();
  }
}
