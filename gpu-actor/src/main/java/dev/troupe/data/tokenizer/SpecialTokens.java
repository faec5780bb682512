package dev.troupe.data.tokenizer;

import dev.troupe.proto.error.TroupeException;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The tokens that begin and end a document.
 *
 * @param bos the one that begins it, if any
 * @param eos the one that ends it
 */
record SpecialTokens(OptionalInt bos, int eos) {
  /** The value of {@code data.bos} that means: none. */
  static final String NONE = "none";

  private static final List<String> USUAL_BOS = List.of("<s>", "<|begin_of_text|>", "<bos>");
  private static final List<String> USUAL_EOS =
      List.of("</s>", "<|end_of_text|>", "<|endoftext|>", "<eos>");

  /**
   * What a user set.
   *
   * @param bos {@code data.bos}; null: not set
   * @param eos {@code data.eos}; null: not set
   */
  record Wanted(@Nullable String bos, @Nullable String eos) {}

  /**
   * What the files beside a tokenizer say.
   *
   * @param bos a token, or nothing
   * @param eos a token, or nothing
   * @param noBos whether they say that there is none
   */
  record Beside(Optional<String> bos, Optional<String> eos, boolean noBos) {}

  /**
   * Settings win; then the usual name where the tokenizer has exactly one of them; then the files
   * beside it.
   *
   * @param name what messages call the tokenizer
   * @param ids all tokens
   * @param special the special ones among them
   * @throws TroupeException (usage) where a setting names no token, or nothing tells which token
   *     ends a document
   */
  static SpecialTokens find(
      String name, Map<String, Integer> ids, Set<String> special, Beside beside, Wanted wanted) {
    return new SpecialTokens(
        bos(name, ids, special, beside, wanted), eos(name, ids, special, beside, wanted));
  }

  /** The same, where the tokenizer's file itself says which they are; -1: none. */
  static SpecialTokens of(String name, Map<String, Integer> ids, int bos, int eos, Wanted wanted) {
    OptionalInt begin = bos < 0 ? OptionalInt.empty() : OptionalInt.of(bos);
    if (wanted.bos() != null) {
      begin = setBos(name, ids, wanted.bos());
    }
    if (wanted.eos() != null) {
      return new SpecialTokens(begin, set("data.eos", name, ids, wanted.eos()));
    }
    if (eos < 0) {
      throw TroupeException.usage(
          "data.tokenizer: %s has no token that ends a document; set data.eos to one of its tokens"
              .formatted(name));
    }
    return new SpecialTokens(begin, eos);
  }

  private static OptionalInt bos(
      String name, Map<String, Integer> ids, Set<String> special, Beside beside, Wanted wanted) {
    if (wanted.bos() != null) {
      return setBos(name, ids, wanted.bos());
    }
    Set<String> usual = usual(USUAL_BOS, special);
    if (beside.noBos()) {
      return OptionalInt.empty();
    }
    if (usual.size() == 1) {
      return OptionalInt.of(id(ids, usual.iterator().next()));
    }
    Optional<String> told = beside.bos().filter(ids::containsKey);
    if (told.isPresent()) {
      return OptionalInt.of(id(ids, told.get()));
    }
    if (usual.isEmpty()) {
      return OptionalInt.empty();
    }
    throw ambiguous("data.bos", "begins", name, usual);
  }

  private static OptionalInt setBos(String name, Map<String, Integer> ids, String bos) {
    return bos.equals(NONE) ? OptionalInt.empty() : OptionalInt.of(set("data.bos", name, ids, bos));
  }

  private static int eos(
      String name, Map<String, Integer> ids, Set<String> special, Beside beside, Wanted wanted) {
    if (wanted.eos() != null) {
      return set("data.eos", name, ids, wanted.eos());
    }
    Set<String> usual = usual(USUAL_EOS, special);
    if (usual.size() == 1) {
      return id(ids, usual.iterator().next());
    }
    return beside
        .eos()
        .filter(ids::containsKey)
        .map(token -> id(ids, token))
        .orElseThrow(() -> ambiguous("data.eos", "ends", name, usual.isEmpty() ? special : usual));
  }

  private static Set<String> usual(List<String> names, Set<String> special) {
    Set<String> usual = new LinkedHashSet<>(names);
    usual.retainAll(special);
    return usual;
  }

  private static int set(String key, String name, Map<String, Integer> ids, String token) {
    if (!ids.containsKey(token)) {
      throw TroupeException.usage(
          "%s = %s: the tokenizer %s has no such token".formatted(key, token, name));
    }
    return id(ids, token);
  }

  private static int id(Map<String, Integer> ids, String token) {
    Integer id = ids.get(token);
    if (id == null) {
      throw new IllegalStateException("no token " + token);
    }
    return id;
  }

  private static TroupeException ambiguous(
      String key, String does, String name, Set<String> candidates) {
    return TroupeException.usage(
        "data.tokenizer: which token %s a document is not clear from %s; set %s to one of its tokens%s"
            .formatted(
                does,
                name,
                key,
                candidates.isEmpty()
                    ? ""
                    : ", such as " + String.join(", ", candidates.stream().limit(8).toList())));
  }
}
