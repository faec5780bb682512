package dev.troupe.data.bpe;

import java.util.function.Consumer;

/** Cuts text into the words that a tokenizer takes for themselves, which together are the text. */
@FunctionalInterface
interface WordPattern {
  /** Where the word that begins at {@code start} ends; {@code start} is inside the text. */
  int end(String text, int start);

  /** Gives every word of {@code text} to {@code words}, in order. */
  default void split(String text, Consumer<String> words) {
    int start = 0;
    while (start < text.length()) {
      int end = end(text, start);
      words.accept(text.substring(start, end));
      start = end;
    }
  }
}
