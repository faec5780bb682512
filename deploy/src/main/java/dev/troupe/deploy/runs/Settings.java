package dev.troupe.deploy.runs;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigException;
import com.typesafe.config.ConfigFactory;
import com.typesafe.config.ConfigRenderOptions;
import com.typesafe.config.ConfigValue;
import dev.troupe.proto.config.JobConfig;
import dev.troupe.proto.error.Category;
import dev.troupe.proto.error.TroupeException;
import dev.troupe.proto.spec.JobSpec;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.TreeMap;

/**
 * A run's job.
 *
 * @param values each setting of its {@code job.conf} by its key
 * @param job the job; empty where another version of Troupe wrote it
 */
record Settings(NavigableMap<String, String> values, Optional<JobSpec> job) {
  private static final ConfigRenderOptions SHORT =
      ConfigRenderOptions.concise().setJson(false).setFormatted(false);

  /**
   * Reads a {@code job.conf}.
   *
   * @throws TroupeException of category data where it is no HOCON
   */
  static Settings read(Path file) {
    NavigableMap<String, String> values = new TreeMap<>();
    try {
      Config config = ConfigFactory.parseFile(file.toFile());
      for (Map.Entry<String, ConfigValue> each : config.entrySet()) {
        values.put(each.getKey(), text(each.getValue()));
      }
    } catch (ConfigException e) {
      throw new TroupeException(
          Category.DATA,
          "%s is not a job file: %s; give other runs".formatted(file, e.getMessage()),
          e);
    }
    return new Settings(values, job(file));
  }

  private static String text(ConfigValue value) {
    return value.unwrapped() instanceof String text ? text : value.render(SHORT);
  }

  private static Optional<JobSpec> job(Path file) {
    try {
      return Optional.of(JobConfig.load(file, List.of()));
    } catch (TroupeException e) {
      return Optional.empty();
    }
  }
}
