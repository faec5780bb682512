package dev.troupe.actor;

import dev.troupe.proto.log.LogFields;
import java.util.Map;
import org.slf4j.MDC;

/** Makes log lines tell which rank of which mesh epoch they are of. */
final class LogContext {
  private LogContext() {}

  static Map<String, String> of(int rank, long epoch) {
    return Map.of(LogFields.RANK, Integer.toString(rank), LogFields.EPOCH, Long.toString(epoch));
  }

  /** The work of a thread that does nothing else. */
  static Runnable around(int rank, long epoch, Runnable work) {
    return () -> {
      MDC.setContextMap(of(rank, epoch));
      work.run();
    };
  }
}
