package dev.troupe.proto.config;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigException;
import com.typesafe.config.ConfigFactory;
import com.typesafe.config.ConfigParseOptions;
import com.typesafe.config.ConfigSyntax;
import dev.troupe.proto.error.Category;
import dev.troupe.proto.error.TroupeException;
import dev.troupe.proto.spec.BlendSpec;
import dev.troupe.proto.spec.InvalidFieldException;
import dev.troupe.proto.spec.JobSpec;
import dev.troupe.proto.spec.ModelSpec;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.SortedMap;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Reads and writes job files (HOCON). The keys, their meaning and their defaults are in {@code
 * reference.conf} beside this class. All methods throw {@link TroupeException} of category usage
 * that names key, value, place and remedy.
 */
public final class JobConfig {
  private static final String FROM = "checkpoint.from";
  private static final String PRESET = "model.preset";
  private static final String TOKENIZER = "data.tokenizer";

  private JobConfig() {}

  /**
   * The job that a file and {@code key=value} arguments describe.
   *
   * @param file job file, or null for the defaults alone
   * @param overrides arguments, each laid over the ones before it and over the file
   * @param vocabularies knows the sizes of tokenizers
   * @param models knows the models of checkpoints: with {@code checkpoint.from}, what is not said
   *     of the model and its tokenizer is as there, unless a preset, or a tokenizer, is named
   */
  public static JobSpec load(
      @Nullable Path file,
      List<String> overrides,
      VocabularySizes vocabularies,
      CheckpointModels models) {
    Config written = file == null ? ConfigFactory.empty() : parseFile(file);
    Config all = Overrides.parse(overrides).withFallback(written);
    return job(all.withFallback(ofCheckpoint(all, models)), vocabularies);
  }

  private static Config ofCheckpoint(Config written, CheckpointModels models) {
    return written.hasPath(FROM)
        ? models
            .of(written.getString(FROM))
            .map(
                known ->
                    JobWriter.known(known, !written.hasPath(PRESET), !written.hasPath(TOKENIZER)))
            .orElse(ConfigFactory.empty())
        : ConfigFactory.empty();
  }

  /** The job of a given model that arguments describe. */
  public static JobSpec of(ModelSpec model, List<String> overrides) {
    CheckpointModels.Known known = new CheckpointModels.Known(model, "", null, null);
    return job(
        Overrides.parse(overrides).withFallback(JobWriter.known(known, true, false)),
        VocabularySizes.BUILT_IN);
  }

  /** The same; with another tokenizer than bytes it must say {@code model.vocab}. */
  public static JobSpec load(@Nullable Path file, List<String> overrides) {
    return load(file, overrides, VocabularySizes.BUILT_IN, CheckpointModels.NONE);
  }

  /**
   * The job that a text describes; with another tokenizer than bytes it must say {@code
   * model.vocab}.
   */
  public static JobSpec parse(String hocon) {
    ConfigParseOptions options = ConfigParseOptions.defaults().setOriginDescription(Location.TEXT);
    return job(
        guarded(() -> ConfigFactory.parseString(hocon, options).resolve()),
        VocabularySizes.BUILT_IN);
  }

  /**
   * The blend that a job file describes, whatever else it says.
   *
   * @throws TroupeException (usage) also where it has none
   */
  public static BlendSpec blend(Path file) {
    Config written = parseFile(file);
    new KeyCheck().check(written);
    Fields fields = new Fields(written.withFallback(Reference.load()));
    BlendSpec blend = placed(fields, () -> new BlendReader(fields).read());
    if (blend.isEmpty()) {
      throw TroupeException.usage(
          "%s has no data.blend; give a job file that has one, such as deploy/blends/llama.conf"
              .formatted(file));
    }
    return blend;
  }

  /** A complete job file: {@code parse(render(job)).equals(job)}. */
  public static String render(JobSpec job) {
    return JobWriter.write(job);
  }

  /** Every setting of a job that has a value, by key: numbers, truths and texts; lists as text. */
  public static SortedMap<String, Object> settings(JobSpec job) {
    return JobWriter.settings(job);
  }

  private static Config parseFile(Path file) {
    if (!Files.isReadable(file) || Files.isDirectory(file)) {
      throw TroupeException.usage(
          "%s: no such job file, or not readable; give a .conf file or key=value arguments"
              .formatted(file));
    }
    ConfigParseOptions options =
        ConfigParseOptions.defaults().setAllowMissing(false).setSyntax(ConfigSyntax.CONF);
    return guarded(() -> ConfigFactory.parseFile(file.toFile(), options).resolve());
  }

  private static Config guarded(Supplier<Config> parse) {
    try {
      return parse.get();
    } catch (ConfigException e) {
      throw new TroupeException(
          Category.USAGE, "not a valid job file (HOCON): " + e.getMessage(), e);
    }
  }

  private static JobSpec job(Config written, VocabularySizes vocabularies) {
    new KeyCheck().check(written);
    Config defaults = Reference.load();
    Fields chosen = new Fields(written.withFallback(defaults));
    Config preset = Presets.model(chosen.text("model.preset"), chosen.where("model.preset"));
    Fields fields = new Fields(written.withFallback(preset).withFallback(defaults));
    return placed(fields, () -> new JobReader(fields, vocabularies).read());
  }

  /** What is read, or the error with the places of the values that it is about. */
  private static <T> T placed(Fields fields, Supplier<T> read) {
    try {
      return read.get();
    } catch (InvalidFieldException e) {
      String places =
          e.keys().stream()
              .map(key -> key + ": " + fields.where(key))
              .collect(Collectors.joining(", "));
      throw TroupeException.usage("%s (%s)".formatted(e.getMessage(), places));
    }
  }
}
