package dev.troupe.deploy.local;

import dev.troupe.proto.codec.MessageSerializer;
import java.io.NotSerializableException;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.pekko.actor.ExtendedActorSystem;
import org.apache.pekko.serialization.SerializerWithStringManifest;

/** The control protocol's serializer, which remembers the manifests it has read. */
public final class CountingSerializer extends SerializerWithStringManifest {
  private static final Set<String> SEEN = ConcurrentHashMap.newKeySet();

  private final MessageSerializer serializer;

  /** Called by Pekko. */
  public CountingSerializer(ExtendedActorSystem system) {
    this.serializer = new MessageSerializer(system);
  }

  static Set<String> seen() {
    return SEEN;
  }

  @Override
  public int identifier() {
    return serializer.identifier();
  }

  @Override
  public String manifest(Object message) {
    return serializer.manifest(message);
  }

  @Override
  public byte[] toBinary(Object message) {
    return serializer.toBinary(message);
  }

  @Override
  public Object fromBinary(byte[] bytes, String manifest) throws NotSerializableException {
    SEEN.add(manifest);
    return serializer.fromBinary(bytes, manifest);
  }
}
