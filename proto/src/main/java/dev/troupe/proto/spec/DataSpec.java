package dev.troupe.proto.spec;

import org.jspecify.annotations.Nullable;

/**
 * Where tokens come from.
 *
 * @param source built-in source ("bios") or "files" where {@code path} is given
 * @param path text file, JSONL file, folder of them, or the prefix of a {@code .bin}/{@code .idx}
 *     pair
 * @param cache folder in which tokenised sources are kept
 * @param tokenizer name of a built-in tokenizer, or a tokenizer file
 * @param order order of an epoch's samples
 * @param bios settings of the built-in source
 * @param validation held-out data
 */
public record DataSpec(
    String source,
    @Nullable String path,
    String cache,
    String tokenizer,
    DataOrder order,
    Bios bios,
    Validation validation) {

  /**
   * The synthetic biographies.
   *
   * @param people number of people
   * @param biographies number of differently worded biographies a person
   */
  public record Bios(int people, int biographies) {}

  /**
   * Held-out loss.
   *
   * @param path data of its own, as {@code data.path}; absent: the last part of the training data
   * @param fraction share of the documents that is held out where no path is given
   * @param every steps between two validations; 0 turns them off
   * @param samples sequences a validation
   */
  public record Validation(@Nullable String path, double fraction, int every, int samples) {}
}
