package dev.troupe.deploy.chaos.plan;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigException;
import com.typesafe.config.ConfigFactory;
import com.typesafe.config.ConfigParseOptions;
import com.typesafe.config.ConfigSyntax;
import com.typesafe.config.ConfigValue;
import dev.troupe.proto.error.Category;
import dev.troupe.proto.error.TroupeException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * Reads plans (HOCON). Strict: an unknown key, a fault that cannot be and a number that makes no
 * sense are errors of category usage, which name the place, the key, the value and the remedy.
 */
public final class PlanFile {
  private static final Set<String> KEYS = Set.of("faults", "reference", "stop-when-done");

  private PlanFile() {}

  /** The plan in a file. */
  public static ChaosPlan read(Path file) {
    if (!Files.isReadable(file) || Files.isDirectory(file)) {
      throw TroupeException.usage(
          "%s: no such plan, or not readable; see ./troupe chaos --help".formatted(file));
    }
    try {
      ConfigParseOptions options =
          ConfigParseOptions.defaults().setAllowMissing(false).setSyntax(ConfigSyntax.CONF);
      return plan(ConfigFactory.parseFile(file.toFile(), options).resolve());
    } catch (ConfigException e) {
      throw new TroupeException(
          Category.USAGE, "not a valid plan of faults (HOCON): " + e.getMessage(), e);
    }
  }

  private static ChaosPlan plan(Config config) {
    Section top = new Section("", config.root());
    top.allow(KEYS);
    List<Rule> rules = new ArrayList<>();
    ConfigValue faults = top.need("faults", "a list of faults");
    for (Section fault : top.sections(faults, "faults")) {
      rules.add(new RuleReader(fault).read());
    }
    if (rules.isEmpty()) {
      throw top.wrong("faults", "at least one fault");
    }
    return new ChaosPlan(rules, reference(top), top.flag("stop-when-done", false));
  }

  private static ChaosPlan.Reference reference(Section top) {
    String text = top.text("reference", "true");
    return switch (text) {
      case "true", "on", "yes" -> new ChaosPlan.Reference.Made();
      case "false", "off", "no" -> new ChaosPlan.Reference.None();
      default -> {
        Path folder = Path.of(text).toAbsolutePath().normalize();
        if (!Files.isReadable(folder.resolve("metrics.jsonl"))) {
          throw top.wrong(
              "reference", "true, false, or the folder of a run, which has a metrics.jsonl");
        }
        yield new ChaosPlan.Reference.Given(folder);
      }
    };
  }
}
