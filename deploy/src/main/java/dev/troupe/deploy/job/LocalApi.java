package dev.troupe.deploy.job;

import dev.troupe.coordinator.RunResult;
import dev.troupe.deploy.api.ApiAccess;
import dev.troupe.deploy.api.ApiServer;
import dev.troupe.deploy.api.StatusBoard;
import dev.troupe.deploy.local.LocalRun;
import dev.troupe.proto.error.TroupeException;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The API of a run in one process. Loading the HTTP server costs about a second of processor time,
 * so it waits until training has begun and lasts: the start is not slower for it, and a run of a
 * few seconds goes without. A run does not fail for want of it.
 *
 * @param access where it listens
 * @param run the run
 * @param board keeps the run's status
 * @param folder the run's folder
 */
record LocalApi(ApiAccess access, LocalRun run, StatusBoard board, Path folder) {
  private static final Logger LOG = LoggerFactory.getLogger(LocalApi.class);
  private static final long LASTING_SECONDS = 2;

  /** Waits for the run's end, and serves meanwhile. */
  RunResult serveUntilTheEnd() {
    CompletableFuture<RunResult> result = run.result().toCompletableFuture();
    Executor later = CompletableFuture.delayedExecutor(LASTING_SECONDS, TimeUnit.SECONDS);
    CompletableFuture.anyOf(result, board.firstStep().thenRunAsync(() -> {}, later)).join();
    if (result.isDone()) {
      return result.join();
    }
    try (ApiServer server =
        ApiServer.start(run.system(), access, board, new LocalControl(run), folder)) {
      LOG.debug("serving at {}", server.url());
      result.join();
    } catch (TroupeException e) {
      if (run.system().getWhenTerminated().toCompletableFuture().isDone()) {
        LOG.info("the run ended before its API began");
      } else {
        LOG.warn("the run goes on without its API: {}", e.getMessage());
      }
    }
    return result.join();
  }
}
