package dev.troupe.deploy.gpucheck;

import com.google.gson.Gson;
import com.google.gson.GsonBuilder;
import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import dev.troupe.proto.error.Category;
import dev.troupe.proto.error.TroupeException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** Writes a check's result as JSON, with every figure. */
final class ReportJson {
  private static final Gson GSON =
      new GsonBuilder().setPrettyPrinting().serializeNulls().disableHtmlEscaping().create();

  private ReportJson() {}

  /**
   * Writes the file.
   *
   * @throws TroupeException of category resource where it cannot be written
   */
  static void write(CheckResult result, Path file) {
    try {
      Files.writeString(file, GSON.toJson(tree(result)) + "\n");
    } catch (IOException e) {
      throw new TroupeException(
          Category.RESOURCE,
          "--out %s cannot be written: %s; give another file".formatted(file, e.getMessage()),
          e);
    }
  }

  static JsonObject tree(CheckResult result) {
    JsonObject tree = new JsonObject();
    tree.addProperty("date", result.date().toString());
    tree.addProperty("troupe", result.version());
    tree.addProperty("java", Runtime.version().toString());
    tree.addProperty(
        "system",
        "%s %s %s"
            .formatted(
                System.getProperty("os.name"),
                System.getProperty("os.version"),
                System.getProperty("os.arch")));
    tree.addProperty("gpu", result.gpu());
    tree.addProperty("driver", result.driver());
    tree.addProperty("small", result.small());
    tree.addProperty("passed", result.passed());
    tree.addProperty("missing_sections", result.missing());
    JsonArray sections = new JsonArray();
    result.sections().forEach(section -> sections.add(section(section)));
    tree.add("sections", sections);
    return tree;
  }

  private static JsonObject section(SectionResult section) {
    JsonObject tree = new JsonObject();
    tree.addProperty("section", section.section());
    tree.addProperty("title", section.title());
    tree.addProperty("seconds", section.seconds());
    JsonArray findings = new JsonArray();
    for (Finding finding : section.findings()) {
      JsonObject line = new JsonObject();
      line.addProperty("check", finding.check());
      line.addProperty("figure", finding.figure());
      line.addProperty("value", number(finding.value()));
      line.addProperty("bound", finding.bound());
      line.addProperty("outcome", finding.outcome().text());
      line.addProperty("note", finding.note());
      findings.add(line);
    }
    tree.add("findings", findings);
    return tree;
  }

  /** JSON has no NaN and no infinity; the figure's text tells them. */
  private static @Nullable Double number(@Nullable Double value) {
    return value != null && Double.isFinite(value) ? value : null;
  }
}
