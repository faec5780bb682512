package dev.troupe.infer;

import dev.troupe.data.tokenizer.StreamingDecoder;
import dev.troupe.data.tokenizer.Tokenizer;
import java.util.List;

/**
 * Turns a sequence's tokens into text, up to the end of the document or the first stop text,
 * neither of which is a part of it. Used by the thread that steps.
 */
public final class TextOfTokens implements TokenListener {
  private final int endOfDocument;
  private final StreamingDecoder decoder;
  private final StopTexts stops;
  private final TextListener listener;
  private int tokens;

  /**
   * A text that goes on with a prompt.
   *
   * @param stops texts that end it, none empty
   * @param listener hears of it
   */
  public TextOfTokens(Tokenizer tokenizer, List<String> stops, TextListener listener) {
    this.endOfDocument = tokenizer.endOfDocument();
    this.decoder = StreamingDecoder.goingOn(tokenizer);
    this.stops = new StopTexts(stops);
    this.listener = listener;
  }

  @Override
  public boolean accept(int token) {
    tokens++;
    if (token == endOfDocument) {
      return false;
    }
    show(stops.accept(decoder.accept(token)));
    return !stops.found();
  }

  @Override
  public void ended(FinishReason reason) {
    show(stops.accept(decoder.finish()));
    show(stops.finish());
    listener.ended(stops.found() ? FinishReason.STOP : reason, tokens);
  }

  @Override
  public boolean wanted() {
    return listener.wanted();
  }

  private void show(String piece) {
    if (!piece.isEmpty()) {
      listener.text(piece);
    }
  }
}
