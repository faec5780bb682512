package dev.troupe.infer;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.troupe.model.KeyValueCache;
import dev.troupe.proto.error.Category;
import dev.troupe.proto.error.TroupeException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class GenerationTest {
  private static final Sampling GREEDY = new Sampling(0, 0, 1);

  @TempDir Path folder;

  private FixtureModel fixture;

  @BeforeEach
  void open() {
    fixture = new FixtureModel("llama-gqa", folder);
  }

  @AfterEach
  void close() {
    fixture.close();
  }

  private int vocab() {
    return fixture.model().spec().vocab();
  }

  private List<Integer> generate(
      Sampling sampling, long seed, int prompt, int maxTokens, int vocab) {
    List<Integer> tokens = new ArrayList<>();
    int given =
        new Generation(fixture.model(), sampling, seed)
            .run(fixture.tokens(0, 0, prompt), maxTokens, vocab, tokens::add);
    assertEquals(tokens.size(), given);
    return tokens;
  }

  @Test
  void greedyTokensAreTheMostLikelyOfTheModel() {
    List<Integer> tokens = generate(GREEDY, 1, 7, 6, vocab());
    assertEquals(6, tokens.size(), "ends at the most tokens asked for");
    int[] text = fixture.tokens(0, 0, 7);
    for (int token : tokens) {
      try (KeyValueCache cache = fixture.model().newCache(text.length)) {
        assertEquals(argmax(fixture.model().extend(cache, text)), token);
      }
      text = Arrays.copyOf(text, text.length + 1);
      text[text.length - 1] = token;
    }
  }

  private static int argmax(float[] logits) {
    int best = 0;
    for (int i = 1; i < logits.length; i++) {
      best = logits[i] > logits[best] ? i : best;
    }
    return best;
  }

  @Test
  void endsWhenATokenIsNotAccepted() {
    List<Integer> tokens = new ArrayList<>();
    int given =
        new Generation(fixture.model(), GREEDY, 1)
            .run(
                fixture.tokens(0, 0, 4),
                20,
                vocab(),
                token -> {
                  tokens.add(token);
                  return tokens.size() < 3;
                });
    assertEquals(3, given);
    assertEquals(3, tokens.size());
  }

  @Test
  void endsAtTheLongestSequenceOfTheModel() {
    int length = fixture.length();
    assertEquals(7, generate(GREEDY, 1, length - 7, 1000, vocab()).size());
    assertEquals(1, generate(GREEDY, 1, length - 1, 1000, vocab()).size());
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 37, 40})
  void refusesAPromptThatIsEmptyOrLeavesNoRoom(int tokens) {
    Generation generation = new Generation(fixture.model(), GREEDY, 1);
    TroupeException refused =
        assertThrows(
            TroupeException.class,
            () -> generation.run(new int[tokens], 5, vocab(), token -> true));
    assertEquals(Category.USAGE, refused.category());
    String message = String.valueOf(refused.getMessage());
    assertTrue(message.contains(tokens + " tokens"), message);
    assertTrue(message.contains("1 to 36"), message);
  }

  @Test
  void givesOnlyTokensThatBothModelAndTokenizerKnow() {
    Sampling wild = new Sampling(1e6, 0, 1);
    for (int token : generate(wild, 1, 4, 30, 20)) {
      assertTrue(token < 20, "token " + token + " of 20");
    }
    for (int token : generate(wild, 1, 4, 30, 10 * vocab())) {
      assertTrue(token < vocab(), "token " + token + " of " + vocab());
    }
  }

  @Test
  void theSeedDecides() {
    Sampling sampling = new Sampling(2, 0, 1);
    List<Integer> tokens = generate(sampling, 5, 4, 20, vocab());
    assertEquals(tokens, generate(sampling, 5, 4, 20, vocab()));
    assertNotEquals(tokens, generate(sampling, 6, 4, 20, vocab()));
  }
}
