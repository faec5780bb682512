package dev.troupe.eval;

import dev.troupe.data.stream.TokenStream;
import dev.troupe.data.tokenizer.Tokenizer;
import dev.troupe.eval.Windows.Window;
import dev.troupe.proto.error.TroupeException;
import java.util.NoSuchElementException;

/**
 * Windows over each document of a stream on its own, as lm-evaluation-harness scores a text
 * (rolling log-likelihood): all tokens of the text are scored, the first given the token that
 * begins documents or, where the tokenizer has none, the one that ends them. The tokens that begin
 * and end a document are not scored. Documents without text are passed over.
 */
public final class DocumentPassages implements TextPassages {
  /** The tokens of a document's text: from the first to before the end. */
  private record Text(long from, long to) {
    long tokens() {
      return to - from;
    }
  }

  private final TokenStream stream;
  private final Windows windows;
  private final int begin;
  private final int end;
  private final long targets;
  private final long bytes;

  private long left;
  private int document;
  private Text text = new Text(0, 0);
  private long window;

  /**
   * Windows over a stream's documents.
   *
   * @param most score no more tokens than this; the last document is cut there
   * @throws TroupeException (data) where there is no token to score
   */
  public DocumentPassages(TokenStream stream, Tokenizer tokenizer, Windows windows, long most) {
    this.stream = stream;
    this.windows = windows;
    this.end = tokenizer.endOfDocument();
    this.begin = tokenizer.beginOfDocument().orElse(end);
    TextBytes counter = new TextBytes(tokenizer, stream);
    long scored = 0;
    long counted = 0;
    for (int i = 0; i < stream.documents() && scored < most; i++) {
      Text each = text(i, most - scored);
      scored += each.tokens();
      counted += counter.count(each.from(), each.to());
    }
    if (scored == 0) {
      throw TroupeException.data("%s has no document with text".formatted(stream.name()));
    }
    this.targets = scored;
    this.bytes = counted;
    this.left = scored;
  }

  /** A document's text, cut to {@code most} tokens. */
  private Text text(int of, long most) {
    long from = stream.documentStart(of);
    long to = stream.documentStart(of + 1);
    if (from < to && token(to - 1) == end) {
      to--;
    }
    if (from < to && begin != end && token(from) == begin) {
      from++;
    }
    return new Text(from, from + Math.min(most, to - from));
  }

  private int token(long at) {
    int[] one = new int[1];
    stream.read(at, 1, one, 0);
    return one[0];
  }

  @Override
  public long targets() {
    return targets;
  }

  @Override
  public long bytes() {
    return bytes;
  }

  @Override
  public boolean hasNext() {
    return left > 0;
  }

  @Override
  public Passage next() {
    if (left == 0) {
      throw new NoSuchElementException();
    }
    while (text.tokens() == 0 || window == windows.count(text.tokens())) {
      text = text(document++, left);
      window = 0;
    }
    Window next = windows.window(window++, text.tokens());
    int[] tokens = new int[next.inputs() + 1];
    if (next.first() == 0) {
      tokens[0] = begin;
      stream.read(text.from(), next.inputs(), tokens, 1);
    } else {
      stream.read(text.from() + next.first() - 1, tokens.length, tokens, 0);
    }
    left -= next.scored();
    return new Passage(tokens, next.scored());
  }
}
