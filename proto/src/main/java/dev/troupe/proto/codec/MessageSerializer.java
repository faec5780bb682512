package dev.troupe.proto.codec;

import com.google.protobuf.InvalidProtocolBufferException;
import java.io.NotSerializableException;
import org.apache.pekko.actor.ExtendedActorSystem;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.ActorRefResolver;
import org.apache.pekko.actor.typed.javadsl.Adapter;
import org.apache.pekko.serialization.SerializerWithStringManifest;

/**
 * Pekko's serializer of the control protocol. A message's manifest is {@code VERSION:Name}: two
 * processes of different protocol versions refuse each other's messages by name instead of
 * misreading them.
 *
 * <p>Thread-safe.
 */
public final class MessageSerializer extends SerializerWithStringManifest {
  /** Raised when a message changes its meaning. */
  static final int PROTOCOL_VERSION = 3;

  private static final String OUR_VERSION = Integer.toString(PROTOCOL_VERSION);
  private static final String PREFIX = OUR_VERSION + ":";

  private final Codecs codecs = new Codecs();
  private final Refs refs;

  /** Called by Pekko. */
  public MessageSerializer(ExtendedActorSystem system) {
    this.refs = new ResolverRefs(system);
  }

  /** Never changes; registered in reference.conf. */
  @Override
  public int identifier() {
    return 1_917;
  }

  @Override
  public String manifest(Object message) {
    return PREFIX + codec(message).manifest();
  }

  @Override
  public byte[] toBinary(Object message) {
    return codec(message).write(message, refs);
  }

  @Override
  public Object fromBinary(byte[] bytes, String manifest) throws NotSerializableException {
    int end = manifest.indexOf(':');
    String version = end < 0 ? "" : manifest.substring(0, end);
    if (!version.equals(OUR_VERSION)) {
      throw new NotSerializableException(
          "message '%s' is of version %s of the protocol; this process speaks version %s. Run the same version of Troupe on every node."
              .formatted(manifest, version.isEmpty() ? "(none)" : version, OUR_VERSION));
    }
    Codec<?, ?> codec = codecs.of(manifest.substring(end + 1));
    if (codec == null) {
      throw new NotSerializableException(
          "message '"
              + manifest
              + "' is unknown, though the peer speaks version "
              + OUR_VERSION
              + " of the protocol as this process does. Run the same build of Troupe on every node.");
    }
    try {
      return codec.read(bytes, refs);
    } catch (InvalidProtocolBufferException | IllegalArgumentException damaged) {
      throw new NotSerializableException(
          "message '" + manifest + "' is damaged: " + damaged.getMessage());
    }
  }

  private Codec<?, ?> codec(Object message) {
    Codec<?, ?> codec = codecs.of(message.getClass());
    if (codec == null) {
      throw new IllegalArgumentException(
          message.getClass().getName() + " is not a message of the control protocol");
    }
    return codec;
  }

  /** The resolver is fetched on first use: it does not exist yet when serializers are made. */
  private record ResolverRefs(ExtendedActorSystem system) implements Refs {
    @Override
    public String out(ActorRef<?> ref) {
      return resolver().toSerializationFormat(ref);
    }

    @Override
    public <T> ActorRef<T> in(String text) {
      return resolver().resolveActorRef(text);
    }

    private ActorRefResolver resolver() {
      return ActorRefResolver.get(Adapter.toTyped(system));
    }
  }
}
