package dev.troupe.proto.config;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigException;
import com.typesafe.config.ConfigFactory;
import com.typesafe.config.ConfigParseOptions;
import com.typesafe.config.ConfigSyntax;
import dev.troupe.proto.error.Category;
import dev.troupe.proto.error.TroupeException;
import dev.troupe.proto.spec.InvalidFieldException;
import dev.troupe.proto.spec.JobSpec;
import dev.troupe.proto.spec.ModelSpec;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
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

  private JobConfig() {}

  /**
   * The job that a file and {@code key=value} arguments describe.
   *
   * @param file job file, or null for the defaults alone
   * @param overrides arguments, each laid over the ones before it and over the file
   */
  public static JobSpec load(@Nullable Path file, List<String> overrides) {
    return load(file, overrides, from -> Optional.empty());
  }

  /**
   * As {@link #load(Path, List)}, where a checkpoint to start from is given that knows its model:
   * what the user does not say of the model is as there, unless he names a preset.
   *
   * @param models finds the model of what {@code checkpoint.from} names
   */
  public static JobSpec load(
      @Nullable Path file, List<String> overrides, Function<String, Optional<ModelSpec>> models) {
    Config written = file == null ? ConfigFactory.empty() : parseFile(file);
    Config all = Overrides.parse(overrides).withFallback(written);
    return job(all.withFallback(modelOfCheckpoint(all, models)));
  }

  private static Config modelOfCheckpoint(
      Config written, Function<String, Optional<ModelSpec>> models) {
    if (!written.hasPath(FROM) || written.hasPath(PRESET)) {
      return ConfigFactory.empty();
    }
    return models
        .apply(written.getString(FROM))
        .map(model -> JobWriter.model(model, Location.CHECKPOINT))
        .orElse(ConfigFactory.empty());
  }

  /** The job of a given model that arguments describe. */
  public static JobSpec of(ModelSpec model, List<String> overrides) {
    Config given = JobWriter.model(model, Location.CHECKPOINT);
    return job(Overrides.parse(overrides).withFallback(given));
  }

  /** The job that a text describes. */
  public static JobSpec parse(String hocon) {
    ConfigParseOptions options = ConfigParseOptions.defaults().setOriginDescription(Location.TEXT);
    return job(guarded(() -> ConfigFactory.parseString(hocon, options).resolve()));
  }

  /** A complete job file: {@code parse(render(job)).equals(job)}. */
  public static String render(JobSpec job) {
    return JobWriter.write(job);
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

  private static JobSpec job(Config written) {
    new KeyCheck().check(written);
    Config defaults = Reference.load();
    Fields chosen = new Fields(written.withFallback(defaults));
    Config preset = Presets.model(chosen.text("model.preset"), chosen.where("model.preset"));
    Fields fields = new Fields(written.withFallback(preset).withFallback(defaults));
    try {
      return new JobReader(fields).read();
    } catch (InvalidFieldException e) {
      String places =
          e.keys().stream()
              .map(key -> key + ": " + fields.where(key))
              .collect(Collectors.joining(", "));
      throw TroupeException.usage("%s (%s)".formatted(e.getMessage(), places));
    }
  }
}
