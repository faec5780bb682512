package dev.troupe.deploy.cluster;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.troupe.proto.message.RequestStop;
import dev.troupe.proto.spec.ControlTransport;
import java.io.IOException;
import java.io.NotSerializableException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.apache.pekko.actor.typed.javadsl.Adapter;
import org.apache.pekko.serialization.Serialization;
import org.apache.pekko.serialization.SerializationExtension;
import org.apache.pekko.util.ByteString;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SealedSerializerTest {
  @TempDir static Path folder;
  private static Member member;
  private static Serialization serialization;

  @BeforeAll
  static void start() throws IOException {
    Path secret = Specs.secret(folder.resolve("secret"), "s".repeat(32));
    member =
        Member.start(
            ClusterConfig.of(
                Specs.of(ControlTransport.TCP, "localhost", secret), Set.of(), Optional.empty()));
    serialization = SerializationExtension.get(Adapter.toClassic(member.system));
  }

  @AfterAll
  static void end() {
    member.close();
  }

  private static SealedSerializer serializerOf(Object message) {
    return assertInstanceOf(SealedSerializer.class, serialization.findSerializerFor(message));
  }

  /** Of each kind that Pekko knows: with a manifest, without one, for byte buffers. */
  @Test
  void messagesOfEveryKindComeBackEqual() throws Exception {
    List<Object> messages =
        List.of(new RequestStop("enough"), "text", 7, 8L, true, ByteString.fromString("bytes"), "");

    for (Object message : messages) {
      SealedSerializer serializer = serializerOf(message);
      byte[] sealed = serializer.toBinary(message);

      assertEquals(message, serializer.fromBinary(sealed, serializer.manifest(message)));
    }
  }

  @Test
  void bytesKeepTheirManifestAndCarryATag() {
    RequestStop message = new RequestStop("enough");
    SealedSerializer serializer = serializerOf(message);
    byte[] sealed = serializer.toBinary(message);

    assertEquals(1_917, serializer.identifier());
    assertEquals("3:RequestStop", serializer.manifest(message));
    assertArrayEquals(
        new byte[] {0x0a, 6, 'e', 'n', 'o', 'u', 'g', 'h'},
        Arrays.copyOf(sealed, sealed.length - 32));
  }

  @Test
  void aChangedBitAnywhereIsRefused() {
    RequestStop message = new RequestStop("enough");
    SealedSerializer serializer = serializerOf(message);
    byte[] sealed = serializer.toBinary(message);

    for (int bit = 0; bit < 8 * sealed.length; bit++) {
      byte[] changed = sealed.clone();
      changed[bit / 8] ^= (byte) (1 << bit % 8);
      assertThrows(
          RefusedMessageException.class, () -> serializer.fromBinary(changed, "3:RequestStop"));
    }
  }

  @Test
  void anotherManifestOrSerializerOrLengthIsRefused() {
    SealedSerializer serializer = serializerOf(new RequestStop("enough"));
    byte[] sealed = serializer.toBinary(new RequestStop("enough"));
    byte[] cut = Arrays.copyOf(sealed, sealed.length - 1);

    assertThrows(
        RefusedMessageException.class, () -> serializer.fromBinary(sealed, "3:ReleaseRanks"));
    assertThrows(
        RefusedMessageException.class, () -> serializerOf("x").fromBinary(sealed, "3:RequestStop"));
    NotSerializableException refused =
        assertThrows(
            NotSerializableException.class, () -> serializer.fromBinary(cut, "3:RequestStop"));
    assertTrue(
        refused.toString().contains("from a peer without this cluster's secret"),
        refused::toString);
  }

  @Test
  void aMembersUnreadableMessageIsNamedInTheLog() {
    SealedSerializer serializer = serializerOf(new RequestStop("enough"));
    byte[] bytes = {0x0a, 0x7f};
    byte[] sealed =
        Seal.of(folder.resolve("secret")).close(serializer.identifier(), "9:RequestStop", bytes);

    try (LogOf log = new LogOf()) {
      assertThrows(
          NotSerializableException.class, () -> serializer.fromBinary(sealed, "9:RequestStop"));
      assertEquals(1, log.count("'9:RequestStop'"), log.lines()::toString);
    }
  }
}
