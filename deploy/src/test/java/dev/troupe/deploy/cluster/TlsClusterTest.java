package dev.troupe.deploy.cluster;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.typesafe.config.Config;
import dev.troupe.proto.error.Category;
import dev.troupe.proto.error.TroupeException;
import dev.troupe.proto.message.RequestStop;
import dev.troupe.proto.spec.ControlTransport;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.Set;
import org.apache.pekko.actor.Address;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Mutual TLS between real actor systems on loopback. */
class TlsClusterTest {
  @TempDir static Path folder;
  private static Authority ours;
  private static Authority foreign;
  private static Authority.Identity one;
  private static Authority.Identity two;
  private static Authority.Identity stranger;

  @BeforeAll
  static void makeIdentities() throws Exception {
    ours = new Authority(folder, "ours");
    foreign = new Authority(folder, "foreign");
    one = ours.sign("one");
    two = ours.sign("two");
    stranger = foreign.sign("stranger");
  }

  private static Config config(Authority.Identity identity, Authority authority) {
    return config(identity.key(), identity.certificate(), authority.certificate());
  }

  private static Config config(Path key, Path certificate, Path authority) {
    return ClusterConfig.of(Specs.tls(key, certificate, authority), Set.of(), Optional.empty());
  }

  @Test
  void onlyPeersOfTheSameAuthorityAreHeard() throws Exception {
    Config plain =
        ClusterConfig.of(
            Specs.of(ControlTransport.TCP, "127.0.0.1", null), Set.of(), Optional.empty());
    try (LogOf log = new LogOf();
        Member seed = Member.start(config(one, ours));
        Member friend = Member.start(config(two, ours));
        Member outsider = Member.start(config(stranger, foreign));
        Member unencrypted = Member.start(plain)) {
      seed.join(seed.address());
      for (Member unwanted : new Member[] {outsider, unencrypted}) {
        unwanted.join(seed.address());
        unwanted.tell(seed, "you have never heard of me");
      }
      Member.await("the seed tells of it", () -> log.count("refused 1 connection(s)") > 0);

      friend.join(seed.address());
      Set<Address> both = Set.of(seed.address(), friend.address());
      Member.await("both are up", () -> seed.up().equals(both) && friend.up().equals(both));
      friend.tell(seed, "hello");

      assertEquals(new RequestStop("hello"), seed.next());
      assertEquals(both, seed.known());
      assertEquals(Set.of(), outsider.up());
      assertEquals(Set.of(), unencrypted.up());
      assertTrue(seed.heardNothing() && friend.heardNothing());
    }
  }

  private static void refused(Path key, Path certificate, Path authority, String... parts) {
    TroupeException error =
        assertThrows(TroupeException.class, () -> config(key, certificate, authority));

    assertEquals(Category.USAGE, error.category());
    for (String part : parts) {
      assertTrue(error.toString().contains(part), error::toString);
    }
  }

  @Test
  void filesThatDoNotFitAreNamedBeforeAnythingStarts() throws Exception {
    Path absent = folder.resolve("absent.pem");
    Path text = Files.writeString(folder.resolve("text.pem"), "no key\n");
    Authority.Identity expired = ours.sign("expired", "-startdate", "-9d", "-validity", "2");

    refused(absent, one.certificate(), ours.certificate(), "key-file", "absent.pem", "not exist");
    refused(one.key(), absent, ours.certificate(), "cert-file", "absent.pem", "not exist");
    refused(one.key(), one.certificate(), absent, "ca-file", "absent.pem", "not exist");
    refused(text, one.certificate(), ours.certificate(), "key-file", "text.pem", "PKCS #8");
    refused(one.key(), text, ours.certificate(), "cert-file", "text.pem", "X.509");
    refused(two.key(), one.certificate(), ours.certificate(), "key-file", "is not the key of");
    refused(one.key(), one.certificate(), foreign.certificate(), "cert-file", "not signed by");
    refused(expired.key(), expired.certificate(), ours.certificate(), "is valid from");
  }
}
