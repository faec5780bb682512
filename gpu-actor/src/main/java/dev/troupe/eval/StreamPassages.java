package dev.troupe.eval;

import dev.troupe.data.stream.TokenStream;
import dev.troupe.data.tokenizer.Tokenizer;
import dev.troupe.eval.Windows.Window;
import dev.troupe.proto.error.TroupeException;
import java.util.NoSuchElementException;

/**
 * Windows over a token stream as training sees it: across the ends of documents, which are scored
 * like any token. The stream's first token is not scored.
 */
public final class StreamPassages implements TextPassages {
  private final TokenStream stream;
  private final Tokenizer tokenizer;
  private final Windows windows;
  private final long targets;
  private final long count;
  private long next;

  /**
   * Windows over a stream.
   *
   * @param most score no more tokens than this
   * @throws TroupeException (data) where there is no token to score
   */
  public StreamPassages(TokenStream stream, Tokenizer tokenizer, Windows windows, long most) {
    if (stream.tokens() < 2) {
      throw TroupeException.data(
          "%s has %d token(s); a loss needs at least 2".formatted(stream.name(), stream.tokens()));
    }
    this.stream = stream;
    this.tokenizer = tokenizer;
    this.windows = windows;
    this.targets = Math.min(most, stream.tokens() - 1);
    this.count = windows.count(targets);
  }

  @Override
  public long targets() {
    return targets;
  }

  @Override
  public long bytes() {
    return new TextBytes(tokenizer, stream).count(1, targets + 1);
  }

  @Override
  public boolean hasNext() {
    return next < count;
  }

  @Override
  public Passage next() {
    if (!hasNext()) {
      throw new NoSuchElementException();
    }
    Window window = windows.window(next++, targets);
    int[] tokens = new int[window.inputs() + 1];
    stream.read(window.first(), tokens.length, tokens, 0);
    return new Passage(tokens, window.scored());
  }
}
