package dev.troupe.deploy.report;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.filter.Filter;
import ch.qos.logback.core.spi.FilterReply;

/**
 * Keeps what libraries warn of away from people: a lost peer is told by us, once and in plain
 * words. The run's log has all of it; so has the console of a process whose console is its log.
 */
public final class ConsoleFilter extends Filter<ILoggingEvent> {
  /** A system property; {@code all} shows everything. */
  public static final String PROPERTY = "troupe.console";

  private final boolean all = "all".equals(System.getProperty(PROPERTY));

  /** Called by the logging library. */
  public ConsoleFilter() {}

  @Override
  public FilterReply decide(ILoggingEvent event) {
    boolean ours = event.getLoggerName().startsWith("dev.troupe");
    return all || ours || event.getLevel().isGreaterOrEqual(Level.ERROR)
        ? FilterReply.NEUTRAL
        : FilterReply.DENY;
  }
}
