package dev.troupe.proto.codec;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.ByteString;
import dev.troupe.proto.message.AgentCommand;
import dev.troupe.proto.message.ControlMessage;
import dev.troupe.proto.wire.Wire;
import java.io.NotSerializableException;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.pekko.actor.testkit.typed.javadsl.ActorTestKit;
import org.apache.pekko.actor.typed.javadsl.Adapter;
import org.apache.pekko.serialization.Serialization;
import org.apache.pekko.serialization.SerializationExtension;
import org.apache.pekko.serialization.SerializerWithStringManifest;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;

class MessageSerializerTest {
  private static final ActorTestKit KIT = ActorTestKit.create();

  private final List<ControlMessage> samples =
      Samples.all(KIT.createTestProbe(AgentCommand.class).ref());
  private final Serialization serialization =
      SerializationExtension.get(Adapter.toClassic(KIT.system()));
  private final SerializerWithStringManifest serializer;

  MessageSerializerTest() throws NotSerializableException {
    serializer =
        assertInstanceOf(
            MessageSerializer.class, serialization.serializerFor(samples.getFirst().getClass()));
  }

  @AfterAll
  static void shutDown() {
    KIT.shutdownTestKit();
  }

  @Test
  void everyMessageComesBackEqual() throws Exception {
    for (ControlMessage message : samples) {
      byte[] bytes = serializer.toBinary(message);

      assertEquals(message, serializer.fromBinary(bytes, serializer.manifest(message)));
    }
  }

  @Test
  void everyPermittedRecordHasASample() {
    Set<Class<?>> sampled = samples.stream().map(Object::getClass).collect(Collectors.toSet());

    assertEquals(records(ControlMessage.class).collect(Collectors.toSet()), sampled);
  }

  @Test
  void everyMessageIsBoundToTheSerializer() {
    for (ControlMessage message : samples) {
      assertEquals(serializer, serialization.findSerializerFor(message));
    }
  }

  @Test
  void unknownManifestIsNamedInTheError() {
    NotSerializableException error =
        assertThrows(
            NotSerializableException.class, () -> serializer.fromBinary(new byte[0], "3:Gossip"));

    assertTrue(error.toString().contains("'3:Gossip' is unknown"), error::toString);
  }

  @Test
  void anotherProtocolVersionIsRefusedAndBothAreNamed() {
    byte[] bytes = serializer.toBinary(samples.getFirst());

    for (String peer : List.of("1", "10", "0")) {
      NotSerializableException error =
          assertThrows(
              NotSerializableException.class,
              () -> serializer.fromBinary(bytes, peer + ":RegisterNode"));
      assertTrue(
          error.toString().contains("is of version " + peer + " of the protocol"), error::toString);
      assertTrue(error.toString().contains("this process speaks version 3"), error::toString);
    }
    NotSerializableException none =
        assertThrows(
            NotSerializableException.class, () -> serializer.fromBinary(bytes, "RegisterNode"));
    assertTrue(none.toString().contains("version (none)"), none::toString);
  }

  @Test
  void truncatedOrInvalidBytesAreAnErrorThatNamesTheMessage() {
    byte[] cut = {0x0a, 0x04, 0x08};
    byte[] relative =
        Wire.WriteShard.newBuilder()
            .setStep(1)
            .setFolderBytes(ByteString.copyFromUtf8("../x"))
            .build()
            .toByteArray();

    for (byte[] bytes : List.of(cut, relative)) {
      NotSerializableException error =
          assertThrows(
              NotSerializableException.class, () -> serializer.fromBinary(bytes, "3:WriteShard"));
      assertTrue(error.toString().contains("3:WriteShard"), error.toString());
    }
  }

  @Test
  void foreignObjectIsRefused() {
    assertThrows(IllegalArgumentException.class, () -> serializer.toBinary("text"));
    assertFalse(
        KIT.system().settings().config().getBoolean("pekko.actor.allow-java-serialization"));
  }

  private static Stream<Class<?>> records(Class<?> type) {
    return type.isSealed()
        ? Stream.of(type.getPermittedSubclasses()).flatMap(MessageSerializerTest::records)
        : Stream.of(type);
  }
}
