package dev.troupe.infer;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.troupe.proto.error.Category;
import dev.troupe.proto.error.TroupeException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DecodingBatchTest {
  private static final Sampling GREEDY = new Sampling(0, 0, 1);
  private static final Sampling WILD = new Sampling(2, 0, 1);

  @TempDir Path folder;

  @SuppressWarnings("NullAway.Init")
  private FixtureModel fixture;

  @BeforeEach
  void open() {
    fixture = new FixtureModel("llama-gqa", folder);
  }

  @AfterEach
  void close() {
    fixture.close();
  }

  /** Tokens of one sequence; leaves when it has so many, or is no longer wanted. */
  private static final class Tokens implements TokenListener {
    private final List<Integer> tokens = new ArrayList<>();
    private final int most;
    private boolean wanted = true;
    private @Nullable FinishReason reason;

    Tokens(int most) {
      this.most = most;
    }

    Tokens() {
      this(Integer.MAX_VALUE);
    }

    @Override
    public boolean accept(int token) {
      tokens.add(token);
      return tokens.size() < most;
    }

    @Override
    public void ended(FinishReason reason) {
      assertEquals(null, this.reason, "ended once");
      this.reason = reason;
    }

    @Override
    public boolean wanted() {
      return wanted;
    }
  }

  private int vocab() {
    return fixture.model().spec().vocab();
  }

  private DecodingBatch batch() {
    return new DecodingBatch(fixture.model(), vocab());
  }

  private Continuation continuation(
      int sequence, int prompt, int maxTokens, Sampling sampling, long seed, long index) {
    return new Continuation(fixture.tokens(sequence, 0, prompt), maxTokens, sampling, seed, index);
  }

  private Tokens alone(Continuation continuation) {
    Tokens tokens = new Tokens();
    try (DecodingBatch batch = batch()) {
      batch.add(continuation, tokens);
      run(batch);
    }
    return tokens;
  }

  private static void run(DecodingBatch batch) {
    while (batch.size() > 0) {
      batch.step();
    }
  }

  @Test
  void greedyTokensAreTheMostLikelyOfTheModel() {
    List<Integer> tokens = alone(continuation(0, 7, 6, GREEDY, 1, 0)).tokens;
    assertEquals(6, tokens.size(), "ends at the most tokens asked for");
    int[] text = fixture.tokens(0, 0, 7);
    for (int token : tokens) {
      try (SequenceCache cache = fixture.model().newCache(text.length)) {
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

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 4})
  void aTextInABatchIsTheTextThatItIsAlone(int tp) {
    List<Continuation> wanted = new ArrayList<>();
    for (int i = 0; i < 7; i++) {
      Sampling sampling = i % 2 == 0 ? GREEDY : WILD;
      wanted.add(continuation(i % 3, 3 + 2 * i, 4 + 3 * i, sampling, 11, i));
    }
    List<Tokens> together = new ArrayList<>();
    try (FixtureModel cut = new FixtureModel("llama-gqa", folder.resolve("cut"), tp);
        DecodingBatch batch = new DecodingBatch(cut.model(), vocab())) {
      for (Continuation each : wanted) { // the later ones enter while the others go on
        Tokens tokens = new Tokens();
        together.add(tokens);
        batch.add(each, tokens);
        batch.step();
      }
      run(batch);
    }
    for (int i = 0; i < wanted.size(); i++) {
      assertEquals(alone(wanted.get(i)).tokens, together.get(i).tokens, "text " + i);
      assertEquals(FinishReason.LENGTH, together.get(i).reason);
    }
  }

  @Test
  void theSeedAndTheIndexDecide() {
    List<Integer> first = alone(continuation(0, 4, 20, WILD, 5, 0)).tokens;
    assertEquals(first, alone(continuation(0, 4, 20, WILD, 5, 0)).tokens);
    assertNotEquals(first, alone(continuation(0, 4, 20, WILD, 6, 0)).tokens);
    assertNotEquals(first, alone(continuation(0, 4, 20, WILD, 5, 1)).tokens);
  }

  @Test
  void endsWhenATokenIsNotAcceptedAndLetsTheOthersGoOn() {
    Tokens three = new Tokens(3);
    Tokens ten = new Tokens();
    try (DecodingBatch batch = batch()) {
      batch.add(continuation(0, 4, 20, GREEDY, 1, 0), three);
      batch.add(continuation(1, 4, 10, GREEDY, 1, 0), ten);
      run(batch);
    }
    assertEquals(3, three.tokens.size());
    assertEquals(FinishReason.STOP, three.reason);
    assertEquals(10, ten.tokens.size());
    assertEquals(FinishReason.LENGTH, ten.reason);
  }

  @Test
  void whatIsNotWantedAnyMoreMakesRoom() {
    Tokens gone = new Tokens();
    try (DecodingBatch batch = batch()) {
      for (int i = 0; i < fixture.model().maxSequences(); i++) {
        batch.add(continuation(0, 4, 20, GREEDY, 1, i), i == 0 ? gone : new Tokens());
      }
      assertFalse(batch.hasRoom());
      assertThrows(
          IllegalStateException.class,
          () -> batch.add(continuation(0, 4, 20, GREEDY, 1, 0), new Tokens()));
      batch.step();
      gone.wanted = false;
      batch.step();
      assertTrue(batch.hasRoom());
      assertEquals(1, gone.tokens.size());
      assertEquals(null, gone.reason);
    }
  }

  @Test
  void endsAtTheLongestSequenceOfTheModel() {
    int length = fixture.length();
    assertEquals(7, alone(continuation(0, length - 7, 1000, GREEDY, 1, 0)).tokens.size());
    assertEquals(1, alone(continuation(0, length - 1, 1000, GREEDY, 1, 0)).tokens.size());
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 37, 40})
  void refusesAPromptThatIsEmptyOrLeavesNoRoom(int tokens) {
    try (DecodingBatch batch = batch()) {
      TroupeException refused =
          assertThrows(
              TroupeException.class,
              () -> batch.add(new Continuation(new int[tokens], 5, GREEDY, 1, 0), new Tokens()));
      assertEquals(Category.USAGE, refused.category());
      String message = String.valueOf(refused.getMessage());
      assertTrue(message.contains(tokens + " tokens"), message);
      assertTrue(message.contains("1 to 36"), message);
      assertEquals(0, batch.size());
    }
  }

  @Test
  void refusesTokensThatTheModelDoesNotKnow() {
    for (int token : new int[] {-1, vocab()}) {
      TroupeException refused =
          assertThrows(
              TroupeException.class,
              () -> DecodingBatch.requireUsable(fixture.model(), new int[] {1, token}));
      assertTrue(String.valueOf(refused.getMessage()).contains("token " + token));
    }
  }

  @Test
  void givesOnlyTokensThatBothModelAndTokenizerKnow() {
    Tokens tokens = new Tokens();
    try (DecodingBatch batch = new DecodingBatch(fixture.model(), 20)) {
      batch.add(continuation(0, 4, 30, new Sampling(1e6, 0, 1), 1, 0), tokens);
      run(batch);
    }
    assertEquals(30, tokens.tokens.size());
    assertTrue(tokens.tokens.stream().allMatch(token -> token < 20), tokens.tokens::toString);
  }
}
