package dev.troupe.deploy.api;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

class RunMetricsTest {
  private static final Pattern SAMPLE =
      Pattern.compile(
          "([a-zA-Z_:][a-zA-Z0-9_:]*)(\\{(?:[a-z_]+=\"(?:[^\"\\\\\\n]|\\\\[\\\\\"n])*\",?)*})? (\\S+)");

  /** Samples by name and labels; checks the form of every line on the way. */
  private static Map<String, Double> parse(String text) {
    Map<String, Double> samples = new LinkedHashMap<>();
    Map<String, String> types = new LinkedHashMap<>();
    String helped = "";
    assertTrue(text.endsWith("\n"));
    for (String line : text.lines().toList()) {
      String[] words = line.split(" ", 4);
      if (line.startsWith("# HELP ")) {
        helped = words[2];
      } else if (line.startsWith("# TYPE ")) {
        assertEquals(helped, words[2]);
        assertNull(types.put(words[2], words[3]), line);
      } else {
        Matcher sample = SAMPLE.matcher(line);
        assertTrue(sample.matches(), line);
        String family = sample.group(1);
        if ("histogram".equals(types.get(helped))) {
          family = family.replaceAll("_(bucket|sum|count)$", "");
        }
        assertEquals(helped, family, line);
        String value = sample.group(3).replace("Inf", "Infinity");
        assertNull(
            samples.put(line.substring(0, line.lastIndexOf(' ')), Double.parseDouble(value)), line);
      }
    }
    return samples;
  }

  @Test
  void everythingThatIsKnownIsThere() {
    Map<String, Double> samples = parse(RunMetrics.text(Boards.training().get()));
    Map<String, Double> expected = new LinkedHashMap<>();
    expected.put("troupe_step{run=\"two-nodes\"}", 3.0);
    expected.put("troupe_loss{run=\"two-nodes\"}", 2.5);
    expected.put("troupe_gradient_norm{run=\"two-nodes\"}", 0.5);
    expected.put("troupe_learning_rate{run=\"two-nodes\"}", 1e-3);
    expected.put("troupe_tokens_total{run=\"two-nodes\"}", 3_000.0);
    expected.put("troupe_tokens_per_second{run=\"two-nodes\"}", 500.0);
    expected.put("troupe_step_seconds_bucket{run=\"two-nodes\",le=\"0.5\"}", 0.0);
    expected.put("troupe_step_seconds_bucket{run=\"two-nodes\",le=\"1\"}", 1.0);
    expected.put("troupe_step_seconds_bucket{run=\"two-nodes\",le=\"2.5\"}", 2.0);
    expected.put("troupe_step_seconds_bucket{run=\"two-nodes\",le=\"+Inf\"}", 3.0);
    expected.put("troupe_step_seconds_sum{run=\"two-nodes\"}", 6.0);
    expected.put("troupe_step_seconds_count{run=\"two-nodes\"}", 3.0);
    expected.put("troupe_mesh_epoch{run=\"two-nodes\"}", 1.0);
    expected.put("troupe_mesh_dp{run=\"two-nodes\"}", 2.0);
    expected.put("troupe_mesh_tp{run=\"two-nodes\"}", 2.0);
    expected.put("troupe_ranks{run=\"two-nodes\"}", 4.0);
    expected.put("troupe_nodes{run=\"two-nodes\",state=\"training\"}", 2.0);
    expected.put("troupe_nodes{run=\"two-nodes\",state=\"lost\"}", 0.0);
    expected.put("troupe_checkpoint_step{run=\"two-nodes\"}", 3.0);
    expected.put("troupe_checkpoint_seconds{run=\"two-nodes\"}", 0.25);
    expected.put("troupe_checkpoint_failures_total{run=\"two-nodes\"}", 1.0);
    expected.put("troupe_validation_loss{run=\"two-nodes\"}", 2.75);
    expected.put("troupe_validation_set_loss{run=\"two-nodes\",set=\"code\"}", 1.5);
    expected.put("troupe_state{run=\"two-nodes\",state=\"training\"}", 1.0);
    expected.put("troupe_state{run=\"two-nodes\",state=\"finished\"}", 0.0);
    expected.forEach((name, value) -> assertEquals(value, samples.get(name), name));
    assertTrue(
        samples.keySet().stream().anyMatch(name -> name.startsWith("process_cpu_seconds_total")));
  }

  @Test
  void whatIsNotKnownIsLeftOut() {
    Map<String, Double> samples = parse(RunMetrics.text(Boards.empty().get()));
    assertNull(samples.get("troupe_loss{run=\"two-nodes\"}"));
    assertEquals(0.0, samples.get("troupe_steps_total{run=\"two-nodes\"}"));
  }

  @Test
  void oddNumbersAndLabelsKeepTheForm() {
    String text =
        new PrometheusText(Map.of("run", "a\"b\\c\nd"))
            .metric("m", "gauge", "x")
            .sample("m", Map.of("le", "1"), Double.NEGATIVE_INFINITY)
            .sample("m", Double.NaN)
            .text();
    Map<String, Double> samples = parse(text);
    assertEquals(
        Double.NEGATIVE_INFINITY, samples.get("m{run=\"a\\\"b\\\\c\\nd\",le=\"1\"}"), text);
    assertEquals(Double.NaN, samples.get("m{run=\"a\\\"b\\\\c\\nd\"}"), text);
  }
}
