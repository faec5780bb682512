package dev.troupe.deploy.launch;

import dev.troupe.deploy.cluster.DriverDirectory;
import dev.troupe.deploy.cluster.MediaDriverProcess;
import dev.troupe.proto.spec.ClusterSpec;
import dev.troupe.proto.spec.ControlTransport;
import dev.troupe.proto.spec.DataTransport;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/** The media driver that this process uses: one that is there already, or one of its own. */
final class HostDriver implements AutoCloseable {
  private final @Nullable Path directory;
  private final @Nullable MediaDriverProcess own;

  private HostDriver(@Nullable Path directory, @Nullable MediaDriverProcess own) {
    this.directory = directory;
    this.own = own;
  }

  /**
   * Starts a driver where the settings need one and none is given.
   *
   * @param given directory of one that serves already
   */
  static HostDriver of(ClusterSpec cluster, Optional<Path> given) {
    if (cluster.transport() != ControlTransport.AERON_UDP
        && cluster.data() != DataTransport.AERON_UDP) {
      return new HostDriver(null, null);
    }
    if (given.isPresent()) {
      return new HostDriver(given.get(), null);
    }
    Path root = DriverDirectory.root();
    DriverDirectory.removeStale(root);
    Path directory = DriverDirectory.of(root, "p" + ProcessHandle.current().pid());
    return new HostDriver(directory, MediaDriverProcess.start(directory));
  }

  /** Its directory; empty where none is needed. */
  Optional<Path> directory() {
    return Optional.ofNullable(directory);
  }

  /** Completes with a sentence when a driver of this process's own ends by itself. */
  CompletionStage<String> onEnd() {
    return own == null
        ? new CompletableFuture<>()
        : own.onExit()
            .thenApply(code -> "the media driver (pid " + own.pid() + ") ended with " + code);
  }

  @Override
  public void close() {
    if (own != null) {
      own.close();
    }
  }
}
