package dev.troupe.deploy.api;

import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Writes the Prometheus text exposition format 0.0.4: HELP and TYPE of a metric, then its samples.
 * Used by one thread.
 */
final class PrometheusText {
  private final StringBuilder out = new StringBuilder();
  private final Map<String, String> common;

  /** A text whose samples all have these labels. */
  PrometheusText(Map<String, String> common) {
    this.common = common;
  }

  /** Announces a metric; its samples follow. */
  PrometheusText metric(String name, String type, String help) {
    out.append("# HELP ").append(name).append(' ').append(help.replace("\\", "\\\\")).append('\n');
    out.append("# TYPE ").append(name).append(' ').append(type).append('\n');
    return this;
  }

  /** A sample without labels of its own. */
  PrometheusText sample(String name, double value) {
    return sample(name, Map.of(), value);
  }

  PrometheusText sample(String name, Map<String, String> labels, double value) {
    Map<String, String> all = new LinkedHashMap<>(common);
    all.putAll(labels);
    out.append(name);
    String separator = "{";
    for (Map.Entry<String, String> label : all.entrySet()) {
      out.append(separator).append(label.getKey());
      out.append("=\"").append(escaped(label.getValue())).append('"');
      separator = ",";
    }
    out.append(all.isEmpty() ? " " : "} ").append(number(value)).append('\n');
    return this;
  }

  private static String escaped(String value) {
    return value.replace("\\", "\\\\").replace("\"", "\\\"").replace("\n", "\\n");
  }

  static String number(double value) {
    if (Double.isInfinite(value)) {
      return value > 0 ? "+Inf" : "-Inf";
    }
    boolean whole = value == Math.rint(value) && Math.abs(value) < 1e15;
    return whole ? Long.toString((long) value) : Double.toString(value); // NaN is NaN
  }

  String text() {
    return out.toString();
  }
}
