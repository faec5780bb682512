package dev.troupe.proto.spec;

import java.util.List;

/**
 * Texts that the model writes while it is trained.
 *
 * @param prompts what it continues
 * @param every steps between two times; 0 turns them off
 * @param maxTokens most tokens that it adds to a prompt
 * @param temperature divides the logits; 0 takes the likeliest token
 * @param seed seed of the choices: the same at every step, so that steps can be compared
 */
public record SamplesSpec(
    List<String> prompts, int every, int maxTokens, double temperature, long seed) {
  /** No texts. */
  public static final SamplesSpec OFF = new SamplesSpec(List.of(), 0, 1, 0, 0);

  // All texts of a step fit into one message of the control plane.
  private static final int MOST_PROMPTS = 16;
  private static final int MOST_TOKENS = 1_024;
  private static final int LONGEST_PROMPT = 4_000;

  private static final String PROMPTS = "samples.prompts";

  /** Copies the list and checks each value. */
  public SamplesSpec {
    prompts = List.copyOf(prompts);
    Require.atLeast(0, "samples.every", every);
    Require.atLeast(1, "samples.max-tokens", maxTokens);
    if (maxTokens > MOST_TOKENS) {
      throw new InvalidFieldException(
          "samples.max-tokens = %d is too large; give at most %d".formatted(maxTokens, MOST_TOKENS),
          "samples.max-tokens");
    }
    Require.notNegative("samples.temperature", temperature);
    if (prompts.size() > MOST_PROMPTS) {
      throw new InvalidFieldException(
          "%s has %d texts; give at most %d".formatted(PROMPTS, prompts.size(), MOST_PROMPTS),
          PROMPTS);
    }
    for (int i = 0; i < prompts.size(); i++) {
      int length = prompts.get(i).length();
      if (length == 0 || length > LONGEST_PROMPT) {
        throw new InvalidFieldException(
            "%s has %d characters; give 1 to %d".formatted(promptKey(i), length, LONGEST_PROMPT),
            PROMPTS);
      }
    }
    if (every > 0 && prompts.isEmpty()) {
      throw new InvalidFieldException(
          "samples.every = %d, but there is nothing to continue; set %s, or samples.every = 0"
              .formatted(every, PROMPTS),
          "samples.every",
          PROMPTS);
    }
  }

  /** What messages call a prompt, by its place from 0. */
  public static String promptKey(int index) {
    return PROMPTS + "[" + index + "]";
  }

  /** Whether the model writes after a step of a run of so many steps: the last one counts. */
  public boolean due(long step, long steps) {
    return every > 0 && (step % every == 0 || step == steps);
  }
}
