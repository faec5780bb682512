package dev.troupe.deploy.chaos;

import com.google.gson.GsonBuilder;
import dev.troupe.proto.error.TroupeException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;

/** A verdict as a file. */
record VerdictJson(Verdict verdict) {

  void write(Path file) {
    try {
      Files.writeString(
          file,
          new GsonBuilder().setPrettyPrinting().disableHtmlEscaping().create().toJson(tree())
              + "\n");
    } catch (IOException e) {
      throw TroupeException.resource("%s: cannot be written: %s".formatted(file, e.getMessage()));
    }
  }

  private Map<String, Object> tree() {
    Map<String, Object> tree = new LinkedHashMap<>();
    tree.put("held", verdict.failures().isEmpty());
    tree.put("failures", verdict.failures());
    tree.put("exit_code", verdict.exitCode());
    tree.put("faults_planned", verdict.planned());
    tree.put("unexplained_losses", verdict.unexplained());
    tree.put("skipped", verdict.skipped());
    tree.put("kinds", verdict.rows().stream().map(VerdictJson::row).toList());
    verdict.comparison().ifPresent(with -> tree.put("reference", comparison(with)));
    return tree;
  }

  private static Map<String, Object> row(KindRow row) {
    Map<String, Object> tree = new LinkedHashMap<>();
    tree.put("kind", row.kind());
    tree.put("faults", row.faults());
    tree.put("due", row.due());
    tree.put("missed", row.missed());
    tree.put("noticed_seconds", times(row.noticed()));
    tree.put("recovery_seconds", times(row.recovered()));
    tree.put("steps_recomputed", row.recomputed());
    tree.put("steps_lost", row.lost());
    tree.put("false_evictions", row.falseEvictions());
    tree.put("overlapping", row.overlapping());
    tree.put("masked", row.masked());
    tree.put("refused", row.refused());
    return tree;
  }

  private static Map<String, Object> times(Percentiles times) {
    Map<String, Object> tree = new LinkedHashMap<>();
    tree.put("count", times.count());
    tree.put("median", times.median());
    tree.put("p95", times.p95());
    tree.put("p99", times.p99());
    tree.put("max", times.max());
    return tree;
  }

  private static Map<String, Object> comparison(Comparison with) {
    Map<String, Object> tree = new LinkedHashMap<>();
    tree.put("steps", with.steps());
    tree.put("same_losses", with.sameLosses());
    tree.put("same_state", with.sameState());
    tree.put("parameters_sha256", with.state().parameters());
    tree.put("reference_parameters_sha256", with.reference().parameters());
    tree.put("metrics_lines_missing", with.missing().size());
    return tree;
  }
}
