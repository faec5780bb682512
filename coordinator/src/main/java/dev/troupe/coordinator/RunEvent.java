package dev.troupe.coordinator;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * A line of the run's history: a node that came, a checkpoint that failed, a request to stop.
 *
 * @param type what happened, in lower case with dashes, for example {@code checkpoint-failed}
 * @param severity whether people should be told
 * @param fields details; values are strings, integers (Long) or floating-point numbers (Double)
 */
public record RunEvent(String type, Severity severity, Map<String, Object> fields)
    implements RunReport {

  /** Who wants to know. */
  public enum Severity {
    /** For the record. */
    INFO,
    /** Something went wrong and the run goes on. */
    WARNING,
    /** The run ends because of it. */
    ERROR
  }

  /** Copies the fields, in their order, and checks their types. */
  public RunEvent {
    fields = Collections.unmodifiableMap(new LinkedHashMap<>(fields));
    for (Object value : fields.values()) {
      if (!(value instanceof String || value instanceof Long || value instanceof Double)) {
        throw new IllegalArgumentException("event " + type + " has a field of " + value.getClass());
      }
    }
  }

  @Override
  public void deliverTo(RunListener listener) {
    listener.onEvent(this);
  }
}
