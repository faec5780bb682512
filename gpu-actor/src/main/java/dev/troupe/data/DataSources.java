package dev.troupe.data;

import dev.troupe.data.bios.BiosCorpus;
import dev.troupe.data.corpus.Corpus;
import dev.troupe.data.corpus.ProgressListener;
import dev.troupe.data.corpus.TokenCache;
import dev.troupe.data.indexed.IndexedDataset;
import dev.troupe.data.prepare.Description;
import dev.troupe.data.stream.BlendPart;
import dev.troupe.data.stream.CheckedTokenStream;
import dev.troupe.data.stream.Split;
import dev.troupe.data.stream.TaggedTokenStream;
import dev.troupe.data.stream.TokenStream;
import dev.troupe.data.text.TextCorpus;
import dev.troupe.data.tokenizer.Tokenizer;
import dev.troupe.data.tokenizer.Tokenizers;
import dev.troupe.proto.error.TroupeException;
import dev.troupe.proto.spec.BlendSpec;
import dev.troupe.proto.spec.DataSpec;
import dev.troupe.proto.spec.ValidationSet;
import java.lang.foreign.Arena;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * Opens what {@code data.*} describes. Text is tokenised on first use and kept in {@code
 * data.cache}; a {@code .bin}/{@code .idx} pair is used where it is.
 */
public final class DataSources {

  private final DataSpec spec;
  private final int vocab;
  private final Tokenizer tokenizer;
  private final ProgressListener listener;
  private final Arena files;

  private DataSources(
      DataSpec spec, int vocab, Tokenizer tokenizer, ProgressListener listener, Arena files) {
    this.spec = spec;
    this.vocab = vocab;
    this.tokenizer = tokenizer;
    this.listener = listener;
    this.files = files;
  }

  /**
   * Opens training and held-out data. What is held out of the training data depends on {@code
   * data.validation.path} and {@code .fraction} only, not on how often it is used, so turning
   * validation on or off, or naming other sets, does not change what is trained on. Safe to call at
   * once from several threads and processes.
   *
   * @param spec where tokens come from; a path wins over a source
   * @param vocab number of token ids the model has
   * @param listener hears how far a tokenisation is
   * @throws TroupeException (usage, data or resources) naming the setting or file and the remedy
   */
  public static DataSet open(DataSpec spec, int vocab, ProgressListener listener) {
    return open(spec, Tokenizers.open(spec), vocab, listener);
  }

  /**
   * The same with a tokenizer that is open already.
   *
   * @param tokenizer in place of {@code data.tokenizer}
   */
  public static DataSet open(
      DataSpec spec, Tokenizer tokenizer, int vocab, ProgressListener listener) {
    requireSettings(spec, tokenizer, vocab);
    Arena files = Arena.ofShared();
    try {
      return new DataSources(spec, vocab, tokenizer, listener, files).open();
    } catch (RuntimeException | Error e) {
      files.close();
      throw e;
    }
  }

  /**
   * Opens one source on its own, whole, in the way of {@code data.path}: for evaluation.
   *
   * @param path text, a folder of it, or the prefix of a {@code .bin}/{@code .idx} pair
   * @param tokenizer the model's
   * @param files owns the mapping
   */
  public static TokenStream open(
      String path,
      DataSpec spec,
      Tokenizer tokenizer,
      int vocab,
      ProgressListener listener,
      Arena files) {
    requireVocabulary(tokenizer, vocab);
    return new DataSources(spec, vocab, tokenizer, listener, files).openPath("data.path", path);
  }

  /**
   * Opens the sources of a blend, whole: for evaluation.
   *
   * @param blend in place of {@code data.blend}
   * @param tokenizer the model's
   * @param files owns the mappings
   */
  public static List<BlendPart> open(
      BlendSpec blend,
      DataSpec spec,
      Tokenizer tokenizer,
      int vocab,
      ProgressListener listener,
      Arena files) {
    requireVocabulary(tokenizer, vocab);
    return new DataSources(spec, vocab, tokenizer, listener, files).parts(blend);
  }

  private static void requireSettings(DataSpec spec, Tokenizer tokenizer, int vocab) {
    requireVocabulary(tokenizer, vocab);
    double fraction = spec.validation().fraction();
    if (spec.source().equals(DataSpec.BIOS) && spec.validation().path() == null && fraction > 0) {
      requireKnownPeople(spec.bios(), fraction);
    }
  }

  private static void requireVocabulary(Tokenizer tokenizer, int vocab) {
    if (vocab < tokenizer.vocabSize()) {
      throw TroupeException.usage(
          "model.vocab is %d, but tokenizer %s has %d ids; set model.vocab to %d or more"
              .formatted(vocab, tokenizer.name(), tokenizer.vocabSize(), tokenizer.vocabSize()));
    }
  }

  /** Held-out biographies are of people that the training part tells about. */
  private static void requireKnownPeople(DataSpec.Bios bios, double fraction) {
    long documents = (long) bios.people() * bios.biographies();
    if (documents - Math.max(1, (long) (fraction * documents)) < bios.people()) {
      throw TroupeException.usage(
          ("data.bios.biographies is %d, which leaves none to train on for some people when"
                  + " data.validation.fraction=%s are held out; raise it or lower the fraction")
              .formatted(bios.biographies(), fraction));
    }
  }

  private DataSet open() {
    List<BlendPart> all = parts();
    List<TokenStream> sets = sets();
    String heldOut = spec.validation().path();
    if (heldOut != null) {
      TokenStream held = openPath("data.validation.path", heldOut);
      return new DataSet(all, List.of(BlendPart.alone(held)), sets, tokenizer, files);
    }
    if (spec.validation().fraction() == 0) {
      return new DataSet(all, List.of(), sets, tokenizer, files);
    }
    List<BlendPart> train = new ArrayList<>();
    List<BlendPart> held = new ArrayList<>();
    for (BlendPart part : all) {
      Split split = Split.of(part.stream(), spec.validation().fraction());
      train.add(part.with(split.train()));
      held.add(part.with(split.heldOut()));
    }
    return new DataSet(train, held, sets, tokenizer, files);
  }

  private List<TokenStream> sets() {
    List<TokenStream> streams = new ArrayList<>();
    for (ValidationSet set : spec.validation().sets()) {
      String key = ValidationSet.pathKey(streams.size());
      streams.add(naming(key, () -> openPath("path", set.path())));
    }
    return streams;
  }

  /** Does something with the data of a setting, which the message of a failure begins with. */
  public static <T> T naming(String key, Supplier<T> work) {
    try {
      return work.get();
    } catch (TroupeException e) {
      throw new TroupeException(e.category(), key + ": " + e.getMessage(), e);
    }
  }

  private List<BlendPart> parts() {
    if (!spec.blend().isEmpty()) {
      return parts(spec.blend());
    }
    String path = spec.path();
    return List.of(
        BlendPart.alone(path == null ? openCorpus(bios()) : openPath("data.path", path)));
  }

  private List<BlendPart> parts(BlendSpec blend) {
    return blend.sources().stream().map(source -> part(source, blend.sourceTag())).toList();
  }

  private BlendPart part(BlendSpec.Source source, boolean tagged) {
    TokenStream stream = openPath("data.blend path", source.path());
    if (tagged) {
      stream =
          new TaggedTokenStream(
              stream, tokenizer.encode("<" + source.name() + ">"), tokenizer.beginOfDocument());
    }
    return new BlendPart(source.name(), source.weight(), source.epochs(), stream);
  }

  private Corpus bios() {
    return new BiosCorpus(spec.bios().people(), spec.bios().biographies());
  }

  private TokenStream openPath(String key, String text) {
    Optional<Path> pair = pairPrefix(key, text);
    if (pair.isEmpty()) {
      return openCorpus(TextCorpus.open(path(key, text)));
    }
    Description.read(pair.get()).ifPresent(made -> made.requireMadeBy(tokenizer, pair.get()));
    String bin = pair.get() + IndexedDataset.BIN;
    return CheckedTokenStream.of(IndexedDataset.open(pair.get(), bin, files), vocab);
  }

  private TokenStream openCorpus(Corpus corpus) {
    TokenCache cache = new TokenCache(path("data.cache", spec.cache()));
    Path prefix = cache.prefix(corpus, tokenizer, listener);
    return CheckedTokenStream.of(IndexedDataset.open(prefix, corpus.name(), files), vocab);
  }

  /** The prefix, if the path names a pair: by the prefix itself or by one of its two files. */
  private static Optional<Path> pairPrefix(String key, String text) {
    for (String suffix : new String[] {IndexedDataset.IDX, IndexedDataset.BIN}) {
      if (text.endsWith(suffix)) {
        return Optional.of(path(key, text.substring(0, text.length() - suffix.length())));
      }
      if (Files.exists(path(key, text + suffix))) {
        return Optional.of(path(key, text));
      }
    }
    return Optional.empty();
  }

  private static Path path(String key, String text) {
    try {
      return Path.of(text);
    } catch (InvalidPathException e) {
      throw TroupeException.usage("%s: \"%s\" is not a path".formatted(key, text));
    }
  }
}
