package dev.troupe.deploy.cluster;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import dev.troupe.proto.message.RequestStop;
import dev.troupe.proto.spec.ControlTransport;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.apache.pekko.actor.Address;
import org.apache.pekko.actor.typed.javadsl.Adapter;
import org.apache.pekko.serialization.DisabledJavaSerializer;
import org.apache.pekko.serialization.NullSerializer$;
import org.apache.pekko.serialization.SerializationExtension;
import org.apache.pekko.serialization.Serializer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import scala.jdk.javaapi.CollectionConverters;

class SecretClusterTest {
  private static final String REFUSED = "without this cluster's secret";

  @TempDir static Path folder;
  private static Path secret;
  private static Path wrong;
  private static MediaDriverProcess driver;

  @BeforeAll
  static void makeSecrets() throws IOException {
    secret = Specs.secret(folder.resolve("secret"), "0123456789abcdef".repeat(4));
    wrong = Specs.secret(folder.resolve("wrong"), "0123456789abcdee".repeat(4));
    driver =
        MediaDriverProcess.start(
            DriverDirectory.of(DriverDirectory.root(), "test-" + ProcessHandle.current().pid()));
  }

  @AfterAll
  static void endDriver() {
    driver.close();
  }

  private static Config config(ControlTransport transport, @Nullable Path secret) {
    return ClusterConfig.of(
        Specs.of(transport, "127.0.0.1", secret),
        Set.of("control"),
        Optional.of(driver.directory()));
  }

  @ParameterizedTest
  @EnumSource(
      value = ControlTransport.class,
      names = {"AERON_UDP", "TCP"})
  void onlyPeersWithTheSecretAreHeard(ControlTransport transport) throws Exception {
    try (LogOf log = new LogOf();
        Member seed = Member.start(config(transport, secret));
        Member friend = Member.start(config(transport, secret));
        Member liar = Member.start(config(transport, wrong));
        Member stranger = Member.start(config(transport, null))) {
      seed.join(seed.address());
      for (Member outsider : List.of(liar, stranger)) {
        outsider.join(seed.address());
        outsider.tell(seed, "you have never heard of me");
      }
      Member.await("the seed logs it", () -> log.count(REFUSED) == 1);

      friend.join(seed.address());
      Set<Address> both = Set.of(seed.address(), friend.address());
      Member.await("both are up", () -> seed.up().equals(both) && friend.up().equals(both));
      friend.tell(seed, "hello");

      assertEquals(new RequestStop("hello"), seed.next());
      seed.tell(friend, "hello yourself");
      assertEquals(new RequestStop("hello yourself"), friend.next());
      assertEquals(both, seed.known());
      assertEquals(Set.of(), liar.up());
      assertEquals(Set.of(), stranger.up());
      assertTrue(seed.heardNothing() && friend.heardNothing());
      // Once a minute, however often the strangers knock; and nothing else is said about it.
      assertEquals(1, log.count(REFUSED), log.lines()::toString);
      assertEquals(0, log.count("is not implemented by Apache Pekko"), log.lines()::toString);
    }
  }

  @Test
  void everySerializerIsSealed() {
    try (Member member = Member.start(config(ControlTransport.TCP, secret))) {
      List<Serializer> serializers =
          CollectionConverters.asJava(
                  SerializationExtension.get(Adapter.toClassic(member.system))
                      .serializerByIdentity())
              .values()
              .stream()
              .toList();

      assertTrue(serializers.size() > 15, serializers::toString);
      for (Serializer serializer : serializers) {
        // Java's is off, and null has no bytes; all that remain are sealed.
        if (!(serializer instanceof DisabledJavaSerializer)
            && serializer != NullSerializer$.MODULE$) {
          assertTrue(serializer instanceof SealedSerializer, serializer.getClass()::getName);
        }
      }
    }
  }

  @Test
  void theSecretIsNotInTheConfiguration() {
    String all = config(ControlTransport.TCP, secret).root().render();

    assertFalse(all.contains("0123456789abcdef"));
    assertTrue(all.contains(secret.toString()));
    assertEquals(
        ConfigFactory.parseString(all).getString("pekko.actor.allow-java-serialization"), "off");
  }
}
