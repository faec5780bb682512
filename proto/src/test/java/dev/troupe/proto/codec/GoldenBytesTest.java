package dev.troupe.proto.codec;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.troupe.proto.message.AgentCommand;
import dev.troupe.proto.message.ControlMessage;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.List;
import java.util.Objects;
import org.apache.pekko.actor.testkit.typed.javadsl.ActorTestKit;
import org.apache.pekko.actor.testkit.typed.javadsl.TestProbe;
import org.apache.pekko.actor.typed.ActorRef;
import org.junit.jupiter.api.Test;

/**
 * The bytes of every sample, as they were when the protocol was last changed on purpose. A
 * difference means that nodes of two builds misread each other: raise {@link
 * MessageSerializer#PROTOCOL_VERSION}, or undo it. To write the file anew:
 *
 * <pre>
 * ./mvnw -pl proto test -Dtest=GoldenBytesTest \
 *   -Dtroupe.golden.write=src/test/resources/dev/troupe/proto/codec
 * </pre>
 */
class GoldenBytesTest {
  private static final String REF = "pekko://troupe@10.0.0.1:17355/user/agent#-1";

  @Test
  void theWireIsAsItWas() throws IOException {
    ActorTestKit kit = ActorTestKit.create();
    List<String> now;
    try {
      TestProbe<AgentCommand> agent = kit.createTestProbe(AgentCommand.class);
      now = Samples.all(agent.ref()).stream().map(GoldenBytesTest::line).toList();
    } finally {
      kit.shutdownTestKit();
    }
    String folder = System.getProperty("troupe.golden.write");
    if (folder == null) {
      assertEquals(String.join("\n", golden()), String.join("\n", now));
    } else {
      Path file = Path.of(folder, "golden-bytes.txt");
      Files.createDirectories(file.getParent());
      Files.writeString(file, String.join("\n", now) + "\n");
    }
  }

  /** The manifest and the bytes; an actor's address is the same at each run. */
  private static String line(ControlMessage message) {
    Codec<?, ?> codec = Objects.requireNonNull(new Codecs().of(message.getClass()));
    return MessageSerializer.PROTOCOL_VERSION
        + ":"
        + codec.manifest()
        + " "
        + HexFormat.of().formatHex(codec.write(message, new FixedRefs()));
  }

  private static List<String> golden() throws IOException {
    try (InputStream in =
        Objects.requireNonNull(GoldenBytesTest.class.getResourceAsStream("golden-bytes.txt"))) {
      return new String(in.readAllBytes(), StandardCharsets.US_ASCII).lines().toList();
    }
  }

  private static final class FixedRefs implements Refs {
    @Override
    public String out(ActorRef<?> ref) {
      return REF;
    }

    @Override
    public <T> ActorRef<T> in(String text) {
      throw new UnsupportedOperationException("nothing is read");
    }
  }
}
