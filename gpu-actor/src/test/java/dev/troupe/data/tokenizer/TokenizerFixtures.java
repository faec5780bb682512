package dev.troupe.data.tokenizer;

import com.google.gson.Gson;
import com.google.gson.reflect.TypeToken;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URISyntaxException;
import java.net.URL;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;

/**
 * Small tokenizers, and what the libraries that they are made for do; see
 * make_tokenizer_fixtures.py.
 */
public final class TokenizerFixtures {
  private TokenizerFixtures() {}

  /**
   * A text and what a tokenizer makes of it.
   *
   * @param text what is encoded
   * @param llama2 by tokenizer.json
   * @param llama3 by tokenizer.json
   * @param pieces by SentencePiece
   */
  record Case(String text, Expected llama2, Expected llama3, Expected pieces) {}

  /**
   * What the library gives.
   *
   * @param ids of the text
   * @param text of the ids
   */
  record Expected(int[] ids, String text) {}

  /** What the tokenizers library learns from the corpus. */
  public record Learnt(List<String> tokens, List<String> merges) {}

  static List<Case> cases() {
    return new Gson().fromJson(text("cases.json"), new TypeToken<List<Case>>() {}.getType());
  }

  /** Tokens and merges learnt from {@link #corpus}. */
  public static Learnt learnt() {
    return new Gson().fromJson(text("learnt.json"), Learnt.class);
  }

  /** Lines in several scripts. */
  public static String corpus() {
    return text("corpus.txt");
  }

  /** The path of a fixture. */
  public static Path path(String name) {
    URL url = Objects.requireNonNull(TokenizerFixtures.class.getResource("/tokenizers/" + name));
    try {
      return Path.of(url.toURI());
    } catch (URISyntaxException e) {
      throw new IllegalStateException(e);
    }
  }

  private static String text(String name) {
    try {
      return Files.readString(path(name));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
