package dev.troupe.deploy.report;

import ch.qos.logback.classic.encoder.PatternLayoutEncoder;
import ch.qos.logback.core.Context;
import dev.troupe.proto.log.LogFields;
import org.jspecify.annotations.Nullable;

/**
 * Lines for people: {@code 2026-01-02 03:04:05.678 INFO [rank-3] epoch=2 rank=3 d.t.x.Y - text};
 * what is not known is left out.
 */
final class TextLogEncoder extends PatternLayoutEncoder {
  TextLogEncoder(Context context, @Nullable String node) {
    setContext(context);
    // The default after ":-" holds where the logging context has no such key.
    String nodePart = node == null ? part(LogFields.NODE) : " node=%X{node:-" + plain(node) + "}";
    setPattern(
        "%d{yyyy-MM-dd HH:mm:ss.SSS} %-5level [%thread]"
            + nodePart
            + part(LogFields.EPOCH)
            + part(LogFields.RANK)
            + " %logger{30} - %msg%n");
  }

  /** {@code rank=3}, or nothing: an absent value leaves only the name, which is taken away. */
  private static String part(String field) {
    return "%replace( " + field + "=%X{" + field + "}){'^ " + field + "=$', ''}";
  }

  /** A name that means nothing to the pattern's syntax. */
  private static String plain(String node) {
    return node.replaceAll("[^A-Za-z0-9._:@-]", "_");
  }
}
