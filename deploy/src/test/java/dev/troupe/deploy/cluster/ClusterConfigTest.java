package dev.troupe.deploy.cluster;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.typesafe.config.Config;
import dev.troupe.proto.error.Category;
import dev.troupe.proto.error.TroupeException;
import dev.troupe.proto.spec.ClusterSpec;
import dev.troupe.proto.spec.ControlTransport;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ClusterConfigTest {
  /** An address for documentation (RFC 5737): nobody's loopback, and nothing listens here. */
  private static final String AWAY = "192.0.2.7";

  @TempDir Path folder;

  private static Config config(ClusterSpec spec) {
    return ClusterConfig.of(spec, Set.of("control", "node"), Optional.of(Path.of("aeron")));
  }

  private static void refused(ClusterSpec spec, String... parts) {
    TroupeException error = assertThrows(TroupeException.class, () -> config(spec));

    assertEquals(Category.USAGE, error.category());
    for (String part : parts) {
      assertTrue(error.toString().contains(part), error::toString);
    }
  }

  @ParameterizedTest
  @CsvSource({"AERON_UDP, aeron-udp, 524288", "TCP, tcp, 2097152"})
  void aMemberGetsItsAddressTransportAndFrames(ControlTransport transport, String name, int frame) {
    Config artery = config(Specs.of(transport, "localhost", null)).getConfig("pekko.remote.artery");

    assertEquals("localhost", artery.getString("canonical.hostname"));
    assertEquals(0, artery.getInt("canonical.port"));
    assertEquals(name, artery.getString("transport"));
    assertEquals(frame, artery.getBytes("advanced.maximum-frame-size"));
    assertFalse(artery.getBoolean("advanced.aeron.embedded-media-driver"));
  }

  @Test
  void aMemberHasItsRolesAndNoJavaSerialization() {
    Config config = config(Specs.of(ControlTransport.TCP, "127.0.0.1", null));

    assertEquals(
        Set.of("control", "node"), Set.copyOf(config.getStringList("pekko.cluster.roles")));
    assertFalse(config.getBoolean("pekko.actor.allow-java-serialization"));
    assertTrue(config.getBoolean("pekko.remote.deployment.enable-allow-list"));
    assertEquals(List.of(), config.getStringList("pekko.remote.deployment.allowed-actor-classes"));
    assertEquals("off", config.getString("pekko.coordinated-shutdown.exit-jvm"));
  }

  @Test
  void aeronNeedsADriversDirectory() {
    ClusterSpec spec = Specs.of(ControlTransport.AERON_UDP, "127.0.0.1", null);

    assertThrows(
        IllegalArgumentException.class, () -> ClusterConfig.of(spec, Set.of(), Optional.empty()));
  }

  @ParameterizedTest
  @CsvSource({"TCP, " + AWAY, "AERON_UDP, " + AWAY})
  void beyondLoopbackASecretIsNeeded(ControlTransport transport, String host) throws IOException {
    refused(
        Specs.of(transport, host, null),
        "cluster.host = " + host,
        "openssl rand -hex 32",
        "cluster.secret-file",
        "tls-tcp");

    Path secret = Specs.secret(folder.resolve("secret"), "k".repeat(32));
    assertEquals(
        host,
        config(Specs.of(transport, host, secret))
            .getString("pekko.remote.artery.canonical.hostname"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"0.0.0.0", "::"})
  void everyAddressIsNoAddress(String host) {
    refused(Specs.of(ControlTransport.TCP, host, null), "cluster.host = " + host, "every address");
  }

  @Test
  void anUnknownHostIsNamed() {
    refused(
        Specs.of(ControlTransport.TCP, "no-such-host.invalid", null),
        "cluster.host = no-such-host.invalid",
        "not known");
  }

  @Test
  void aSecretThatIsMissingOrShortOrNoFileIsRefused() throws IOException {
    Path absent = folder.resolve("absent");
    Path thin = Specs.secret(folder.resolve("thin"), " ".repeat(40) + "x".repeat(31));
    Path huge = Specs.secret(folder.resolve("huge"), "x".repeat(5_000));

    refused(secret(absent), "cluster.secret-file: " + absent, "does not exist", "openssl");
    refused(secret(thin), "cluster.secret-file: " + thin, "31 characters", "32");
    refused(secret(huge), "cluster.secret-file: " + huge, "4096");
    refused(secret(folder), "no regular file");
  }

  @ParameterizedTest
  @ValueSource(strings = {"rw-r-----", "rw----r--", "rw--w----", "rw-----w-"})
  void aSecretThatOthersCanReadOrChangeIsRefused(String rights) throws IOException {
    Path secret = Specs.secret(folder.resolve("secret"), "k".repeat(64));
    Files.setPosixFilePermissions(secret, PosixFilePermissions.fromString(rights));

    refused(secret(secret), "other users", "chmod 600 " + secret);
  }

  private static ClusterSpec secret(Path file) {
    return Specs.of(ControlTransport.TCP, "127.0.0.1", file);
  }
}
