package dev.troupe.deploy.cluster;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import com.typesafe.config.ConfigUtil;
import com.typesafe.config.ConfigValue;
import dev.troupe.proto.error.TroupeException;
import dev.troupe.proto.spec.ClusterSpec;
import dev.troupe.proto.spec.ControlTransport;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.apache.pekko.serialization.JavaSerializer;
import org.jspecify.annotations.Nullable;

/** Pekko's whole configuration for a member of the cluster. */
public final class ClusterConfig {
  /**
   * The largest message over {@code tcp} and {@code tls-tcp}, in bytes, with its envelope. A larger
   * one is not sent.
   */
  public static final int LARGEST_FRAME_TCP = 2 << 20;

  /** The same over {@code aeron-udp}: an eighth of the media driver's terms. */
  public static final int LARGEST_FRAME_UDP = MediaDriverMain.TERM_LENGTH / 8;

  /** Role of members that may run the coordinator. */
  public static final String CONTROL = "control";

  /**
   * Where several nodes keep the journal, the side with most of them goes on: the other side could
   * not commit anything.
   */
  private static final String MAJORITY_ROLE =
      "pekko.cluster.split-brain-resolver.keep-majority.role";

  private static final String ARTERY = "pekko.remote.artery.";
  private static final String TLS = ARTERY + "ssl.rotating-keys-engine.";
  private static final String SERIALIZERS = "pekko.actor.serializers";

  private ClusterConfig() {}

  /**
   * The configuration of a member. Where the job gives a secret, every serializer is sealed with it
   * ({@link SealedSerializer}), Pekko's own too; the secret itself is not in the configuration.
   *
   * @param spec the job's settings
   * @param roles the member's roles
   * @param aeronDirectory where the host's media driver is; needed for {@code aeron-udp}
   * @throws TroupeException (usage) where the member would listen beyond loopback to anyone, or a
   *     file with a secret, key or certificate does not do
   */
  public static Config of(ClusterSpec spec, Set<String> roles, Optional<Path> aeronDirectory) {
    boolean loopback = ListenAddress.isLoopback(spec.host());
    if (!loopback && spec.secretFile() == null && spec.transport() != ControlTransport.TLS_TCP) {
      throw open(spec.host());
    }
    Map<String, Object> settings = new HashMap<>();
    settings.put(ARTERY + "canonical.hostname", spec.host());
    settings.put(ARTERY + "canonical.port", spec.port());
    settings.put("pekko.cluster.roles", List.copyOf(roles));
    if (spec.controlNodes() > 1) {
      settings.put(MAJORITY_ROLE, CONTROL);
    }
    switch (spec.transport()) {
      case AERON_UDP -> aeron(settings, aeronDirectory);
      case TCP -> frames(settings, "tcp", LARGEST_FRAME_TCP);
      case TLS_TCP -> tls(settings, spec.tls());
    }
    Config plain =
        ConfigFactory.parseMap(settings, "the job's cluster settings")
            .withFallback(ConfigFactory.parseResources(ClusterConfig.class, "cluster.conf"))
            .withFallback(ConfigFactory.defaultReference());
    String secret = spec.secretFile();
    return (secret == null ? plain : sealed(plain, Path.of(secret).toAbsolutePath())).resolve();
  }

  private static TroupeException open(String host) {
    return TroupeException.usage(
        "cluster.host = "
            + host
            + " can be reached from other machines, so peers must prove that they belong to the"
            + " cluster. Make a secret with\n"
            + "  (umask 077; openssl rand -hex 32 > secret)\n"
            + "copy it to every node and set cluster.secret-file; or set cluster.transport = tls-tcp"
            + " with cluster.tls.");
  }

  private static void aeron(Map<String, Object> settings, Optional<Path> directory) {
    Path found =
        directory.orElseThrow(
            () -> new IllegalArgumentException("aeron-udp needs a media driver's directory"));
    frames(settings, "aeron-udp", LARGEST_FRAME_UDP);
    settings.put(ARTERY + "advanced.aeron.aeron-dir", found.toAbsolutePath().toString());
  }

  private static void tls(Map<String, Object> settings, ClusterSpec.Tls tls) {
    TlsFiles files =
        new TlsFiles(absolute(tls.keyFile()), absolute(tls.certFile()), absolute(tls.caFile()));
    files.check();
    frames(settings, "tls-tcp", LARGEST_FRAME_TCP);
    settings.put(ARTERY + "ssl.ssl-engine-provider", WatchedTls.class.getName());
    settings.put(TLS + "key-file", files.key().toString());
    settings.put(TLS + "cert-file", files.certificate().toString());
    settings.put(TLS + "ca-cert-file", files.authority().toString());
  }

  private static Path absolute(@Nullable String file) {
    return Path.of(Objects.requireNonNull(file)).toAbsolutePath(); // ClusterSpec has checked it
  }

  private static void frames(Map<String, Object> settings, String transport, int largest) {
    settings.put(ARTERY + "transport", transport);
    settings.put(ARTERY + "advanced.maximum-frame-size", largest);
    settings.put(ARTERY + "advanced.maximum-large-frame-size", largest);
  }

  /** Puts a {@link SealedSerializer} in the place of each serializer; Java's own stays off. */
  private static Config sealed(Config plain, Path secret) {
    ClusterSecret.check(secret);
    Map<String, Object> settings = new HashMap<>();
    settings.put(Seals.SECRET_FILE, secret.toString());
    settings.put("pekko.logging-filter", SealedLogFilter.class.getName());
    for (Map.Entry<String, ConfigValue> entry : plain.getObject(SERIALIZERS).entrySet()) {
      String type = entry.getValue().unwrapped().toString();
      if (!type.equals(JavaSerializer.class.getName())) {
        String name = ConfigUtil.quoteString(entry.getKey());
        settings.put(SealedSerializer.ORIGINALS + "." + name, type);
        settings.put(SERIALIZERS + "." + name, SealedSerializer.class.getName());
      }
    }
    return ConfigFactory.parseMap(settings, "sealed serializers").withFallback(plain);
  }
}
