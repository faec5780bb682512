package dev.troupe.deploy.serve;

import dev.troupe.infer.Sampling;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * What {@code POST /v1/completions} asks for.
 *
 * @param model the model that is meant
 * @param prompts what to go on from, one or more
 * @param maxTokens most tokens of each text
 * @param sampling how tokens are chosen
 * @param samples how many texts of each prompt
 * @param stops texts that end one; they are not a part of it
 * @param seed decides what is sampled; empty: each request is different
 * @param echo whether each text begins with its prompt
 * @param stream whether texts come as they are generated
 * @param streamUsage whether a stream ends with the number of tokens
 */
record CompletionRequest(
    Optional<String> model,
    List<Prompt> prompts,
    int maxTokens,
    Sampling sampling,
    int samples,
    List<String> stops,
    OptionalLong seed,
    boolean echo,
    boolean stream,
    boolean streamUsage) {
  CompletionRequest {
    prompts = List.copyOf(prompts);
    stops = List.copyOf(stops);
    if (prompts.isEmpty() || maxTokens < 1 || samples < 1 || stops.contains("")) {
      throw new IllegalArgumentException(
          "%d prompts, %d tokens, %d samples; give one of each at least, and no empty stop text"
              .formatted(prompts.size(), maxTokens, samples));
    }
  }

  /** What a text goes on from. */
  sealed interface Prompt {
    /** Characters, for the model's tokenizer. */
    record Text(String text) implements Prompt {}

    /** Tokens. */
    record Tokens(List<Integer> ids) implements Prompt {}
  }

  /** How many texts it asks for. */
  int texts() {
    return Math.multiplyExact(prompts.size(), samples);
  }
}
