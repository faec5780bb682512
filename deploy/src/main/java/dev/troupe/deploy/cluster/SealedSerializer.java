package dev.troupe.deploy.cluster;

import com.typesafe.config.ConfigUtil;
import java.io.NotSerializableException;
import org.apache.pekko.actor.ExtendedActorSystem;
import org.apache.pekko.serialization.Serializer;
import org.apache.pekko.serialization.SerializerWithStringManifest;
import org.apache.pekko.serialization.Serializers;

/**
 * Another serializer whose messages carry a {@link Seal}: what comes from a peer without the
 * cluster's secret, or was changed on its way, is refused before a byte of it is parsed.
 *
 * <p>It gives <b>authenticity and integrity</b> of every message's content. It gives <b>no
 * secrecy</b>: messages can be read on the wire. And it gives <b>no protection from replay</b>, nor
 * of the envelope (sender, recipient, number of the sending process): who can see a network's
 * packets and forge its own can send an old message again, to another actor too, or disturb a
 * process. On networks that are not trusted, use {@code tls-tcp}.
 *
 * <p>Thread-safe, as all serializers are.
 */
public final class SealedSerializer extends SerializerWithStringManifest {
  /** Where a member's configuration says which class a name's own serializer has. */
  static final String ORIGINALS = "troupe.sealed";

  private final Serializer original;
  private final Seals seals;
  private final ExtendedActorSystem system;

  /**
   * Called by Pekko.
   *
   * @param name the serializer's name in {@code pekko.actor.serializers}
   */
  public SealedSerializer(ExtendedActorSystem system, String name) {
    String type =
        system.settings().config().getConfig(ORIGINALS).getString(ConfigUtil.quoteString(name));
    this.original = OriginalSerializer.create(system, name, type);
    this.seals = Seals.of(system);
    this.system = system;
  }

  @Override
  public int identifier() {
    return original.identifier();
  }

  /** The original's manifest; where it wants a class, the class's name. */
  @Override
  public String manifest(Object message) {
    return Serializers.manifestFor(original, message);
  }

  @Override
  public byte[] toBinary(Object message) {
    return seals.seal().close(identifier(), manifest(message), original.toBinary(message));
  }

  @Override
  public Object fromBinary(byte[] sealed, String manifest) throws NotSerializableException {
    if (!seals.seal().intact(identifier(), manifest, sealed)) {
      String what = "serializer " + identifier() + ", " + sealed.length + " bytes";
      seals.refused(what);
      throw new RefusedMessageException(what);
    }
    try {
      return open(Seal.content(sealed), manifest);
    } catch (NotSerializableException | RuntimeException unreadable) {
      seals.unreadable("serializer " + identifier() + ", '" + manifest + "'", unreadable);
      throw unreadable;
    }
  }

  private Object open(byte[] bytes, String manifest) throws NotSerializableException {
    if (original instanceof SerializerWithStringManifest named) {
      return named.fromBinary(bytes, manifest);
    }
    if (!original.includeManifest() || manifest.isEmpty()) {
      return original.fromBinary(bytes);
    }
    try {
      return original.fromBinary(
          bytes, Class.forName(manifest, false, system.dynamicAccess().classLoader()));
    } catch (ClassNotFoundException unknown) {
      throw new NotSerializableException("class '" + manifest + "' is not known here");
    }
  }
}
