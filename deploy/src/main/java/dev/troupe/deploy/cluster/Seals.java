package dev.troupe.deploy.cluster;

import java.nio.file.Path;
import java.time.Duration;
import org.apache.pekko.actor.AbstractExtensionId;
import org.apache.pekko.actor.ExtendedActorSystem;
import org.apache.pekko.actor.Extension;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What the sealed serializers of one actor system share: the seal, and who was refused. Pekko makes
 * one for each actor system. Thread-safe.
 */
final class Seals implements Extension {
  /** Where a member's configuration says in which file the secret is. */
  static final String SECRET_FILE = "troupe.sealed-with";

  private static final Logger LOG = LoggerFactory.getLogger(Seals.class);
  private static final Duration PAUSE = Duration.ofMinutes(1);

  private final Seal seal;
  private final SparseWarning strangers = new SparseWarning(PAUSE, System::nanoTime);
  private final SparseWarning unreadable = new SparseWarning(PAUSE, System::nanoTime);

  private Seals(ExtendedActorSystem system) {
    this.seal = Seal.of(Path.of(system.settings().config().getString(SECRET_FILE)));
  }

  static Seals of(ExtendedActorSystem system) {
    return Id.ONLY.get(system);
  }

  Seal seal() {
    return seal;
  }

  /** Who sent it is not known: nothing of a message is believed before its seal is. */
  void refused(String what) {
    strangers.raise(
        count ->
            LOG.warn(
                "refused {} message(s) from a peer without this cluster's secret; the last one: {}",
                count,
                what));
  }

  /** A member's message that cannot be read. */
  void unreadable(String what, Exception why) {
    unreadable.raise(
        count ->
            LOG.warn(
                "{} message(s) of members cannot be read; the last one: {}: {}",
                count,
                what,
                String.valueOf(why.getMessage())));
  }

  private static final class Id extends AbstractExtensionId<Seals> {
    static final Id ONLY = new Id();

    @Override
    public Seals createExtension(ExtendedActorSystem system) {
      return new Seals(system);
    }
  }
}
