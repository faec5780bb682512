package dev.troupe.deploy.cluster;

import dev.troupe.proto.spec.ClusterSpec;
import dev.troupe.proto.spec.ControlTransport;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.jspecify.annotations.Nullable;

/** Settings of clusters on this machine. */
final class Specs {
  private Specs() {}

  static ClusterSpec of(ControlTransport transport, String host, @Nullable Path secret) {
    return of(transport, host, secret, new ClusterSpec.Tls(null, null, null));
  }

  static ClusterSpec tls(Path key, Path certificate, Path authority) {
    return of(
        ControlTransport.TLS_TCP,
        "127.0.0.1",
        null,
        new ClusterSpec.Tls(key.toString(), certificate.toString(), authority.toString()));
  }

  private static ClusterSpec of(
      ControlTransport transport, String host, @Nullable Path secret, ClusterSpec.Tls tls) {
    ClusterSpec alone = ClusterSpec.alone();
    return new ClusterSpec(
        transport,
        host,
        0,
        secret == null ? null : secret.toString(),
        tls,
        alone.data(),
        true,
        0,
        1,
        alone.api());
  }

  /** A file with a secret that only this user can read. */
  static Path secret(Path file, String secret) throws IOException {
    Files.createFile(
        file, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
    return Files.writeString(file, secret + "\n");
  }
}
