package dev.troupe.proto.spec;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Where tokens come from.
 *
 * @param source built-in source ("bios") or "files" where {@code path} is given
 * @param path text file, JSONL file, folder of them, or the prefix of a {@code .bin}/{@code .idx}
 *     pair
 * @param cache folder in which tokenised sources are kept
 * @param tokenizer "bytes", or the path of a tokenizer's file or of the folder that it is in
 * @param order order of an epoch's samples
 * @param bios settings of the built-in source
 * @param validation held-out data
 * @param bos token that begins a document, "none" for none; absent: what the tokenizer's files say
 * @param eos token that ends a document; absent: what the tokenizer's files say
 * @param blend several sources in place of {@code path}
 * @param documentMask whether a token attends to the tokens of its own document alone
 */
public record DataSpec(
    String source,
    @Nullable String path,
    String cache,
    String tokenizer,
    DataOrder order,
    Bios bios,
    Validation validation,
    @Nullable String bos,
    @Nullable String eos,
    BlendSpec blend,
    boolean documentMask) {

  /** The built-in source. */
  public static final String BIOS = "bios";

  /** The source that reads {@code path}. */
  public static final String FILES = "files";

  public DataSpec {
    Require.notBlank("data.cache", cache);
    Require.notBlank("data.tokenizer", tokenizer);
    if (!source.equals(BIOS) && !source.equals(FILES)) {
      throw new InvalidFieldException(
          "data.source = %s is not known; give %s or %s".formatted(source, BIOS, FILES),
          "data.source");
    }
    if (!blend.isEmpty() && (path != null || source.equals(BIOS))) {
      throw new InvalidFieldException(
          "data.blend is not read with data.path or data.source = bios; leave out one of the two",
          "data.blend",
          path == null ? "data.source" : "data.path");
    }
    if (source.equals(FILES) && path == null && blend.isEmpty()) {
      throw new InvalidFieldException(
          "data.source = files needs data.path; set data.path to a text file or a folder",
          "data.source",
          "data.path");
    }
    if (source.equals(BIOS) && path != null) {
      throw new InvalidFieldException(
          "data.path = %s is not read with data.source = bios; leave out one of the two"
              .formatted(path),
          "data.path",
          "data.source");
    }
  }

  /** Data without a blend or a document mask. */
  public DataSpec(
      String source,
      @Nullable String path,
      String cache,
      String tokenizer,
      DataOrder order,
      Bios bios,
      Validation validation,
      @Nullable String bos,
      @Nullable String eos) {
    this(source, path, cache, tokenizer, order, bios, validation, bos, eos, BlendSpec.NONE, false);
  }

  /**
   * The synthetic biographies.
   *
   * @param people number of people
   * @param biographies number of differently worded biographies a person
   */
  public record Bios(int people, int biographies) {
    public Bios {
      Require.atLeast(1, "data.bios.people", people);
      Require.atLeast(1, "data.bios.biographies", biographies);
    }
  }

  /**
   * Held-out loss.
   *
   * @param path data of its own, as {@code data.path}; absent: the last part of the training data
   * @param fraction share of the documents that is held out where no path is given
   * @param every steps between two validations; 0 turns them off
   * @param samples sequences a validation
   * @param sets other data whose losses are told beside it
   */
  public record Validation(
      @Nullable String path, double fraction, int every, int samples, List<ValidationSet> sets) {
    public Validation {
      sets = List.copyOf(sets);
      Require.between(0, 0.5, "data.validation.fraction", fraction);
      Require.atLeast(0, "data.validation.every", every);
      Require.atLeast(1, "data.validation.samples", samples);
      ValidationSet.check(sets);
      if (every > 0 && path == null && fraction == 0) {
        throw new InvalidFieldException(
            "data.validation.every = %d, but nothing is held out; set data.validation.fraction or"
                    .formatted(every)
                + " data.validation.path, or data.validation.every = 0",
            "data.validation.every",
            "data.validation.fraction");
      }
    }

    /** Held-out loss of one kind of data. */
    public Validation(@Nullable String path, double fraction, int every, int samples) {
      this(path, fraction, every, samples, List.of());
    }
  }
}
