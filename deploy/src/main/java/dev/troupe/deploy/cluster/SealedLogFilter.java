package dev.troupe.deploy.cluster;

import org.apache.pekko.actor.ActorSystem;
import org.apache.pekko.event.EventStream;
import org.apache.pekko.event.LogMarker;
import org.apache.pekko.event.slf4j.Slf4jLoggingFilter;

/**
 * Pekko's filter of its own log, for members that seal their messages. Two of its voices are still:
 *
 * <ul>
 *   <li>the one that tells, with a stack trace, of every message that cannot be read: a stranger
 *       could fill the disk with it. {@link Seals} tells the same once a minute.
 *   <li>the one that warns at start of each serializer that is not Pekko's own: all are sealed.
 * </ul>
 */
public final class SealedLogFilter extends Slf4jLoggingFilter {
  private static final String READER = "org.apache.pekko.remote.artery.Deserializer";
  private static final String SERIALIZATION = "org.apache.pekko.serialization.Serialization";

  /** Called by Pekko. */
  public SealedLogFilter(ActorSystem.Settings settings, EventStream events) {
    super(settings, events);
  }

  @Override
  public boolean isErrorEnabled(Class<?> type, String source) {
    return !type.getName().equals(READER) && super.isErrorEnabled(type, source);
  }

  @Override
  public boolean isErrorEnabled(Class<?> type, String source, LogMarker marker) {
    return !type.getName().equals(READER) && super.isErrorEnabled(type, source, marker);
  }

  @Override
  public boolean isWarningEnabled(Class<?> type, String source) {
    return !source.startsWith(SERIALIZATION) && super.isWarningEnabled(type, source);
  }

  @Override
  public boolean isWarningEnabled(Class<?> type, String source, LogMarker marker) {
    return !source.startsWith(SERIALIZATION) && super.isWarningEnabled(type, source, marker);
  }
}
