package dev.troupe.deploy.job;

import dev.troupe.infer.FinishReason;
import dev.troupe.infer.TextListener;
import java.io.PrintWriter;

/**
 * Shows one text as it comes.
 *
 * @param echo whether it begins with its prompt
 */
record ShownText(PrintWriter out, boolean echo) implements TextSink {
  @Override
  public TextListener begin(int place, String prompt, int sample, int promptTokens) {
    if (echo) {
      show(prompt);
    }
    return new TextListener() {
      @Override
      public void text(String piece) {
        show(piece);
      }

      @Override
      public void ended(FinishReason reason, int tokens) {}
    };
  }

  private void show(String piece) {
    out.print(piece);
    out.flush();
  }

  @Override
  public void close() {
    out.println();
    out.flush();
  }
}
