package dev.troupe.deploy.launch;

import dev.troupe.deploy.api.ApiServer;
import dev.troupe.proto.error.TroupeException;
import dev.troupe.proto.message.CoordinatorCommand;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.apache.pekko.actor.typed.ActorRef;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Serves the run's HTTP API in the node in which the coordinator starts. A run does not fail for
 * want of it.
 */
final class ApiWhereCoordinated implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(ApiWhereCoordinated.class);

  private final CompletableFuture<Optional<ApiServer>> server;

  ApiWhereCoordinated(
      Optional<ControlNode> control,
      ClusterSystem system,
      ActorRef<CoordinatorCommand> coordinator) {
    server =
        control
            .map(
                own ->
                    own.coordination()
                        .began()
                        .thenApplyAsync(yes -> serve(own, system, coordinator))
                        .toCompletableFuture())
            .orElseGet(CompletableFuture::new);
  }

  private static Optional<ApiServer> serve(
      ControlNode control, ClusterSystem system, ActorRef<CoordinatorCommand> coordinator) {
    try {
      ApiServer server = control.coordination().serve(system, coordinator, nodes -> List.of());
      LOG.info("the API answers at {}", server.url());
      control.console().printf("  %-12s %s%n", "api", server.url());
      control.console().flush();
      return Optional.of(server);
    } catch (TroupeException e) {
      LOG.warn("the run goes on without its API: {}", e.getMessage());
      return Optional.empty();
    }
  }

  @Override
  public void close() {
    server.getNow(Optional.empty()).ifPresent(ApiServer::close);
  }
}
