package dev.troupe.deploy.job;

import dev.troupe.deploy.api.RunControl;
import dev.troupe.deploy.local.LocalRun;
import dev.troupe.proto.error.TroupeException;

/**
 * Orders to a run in one process.
 *
 * @param run the run
 */
record LocalControl(LocalRun run) implements RunControl {
  @Override
  public void stop(String reason) {
    run.requestStop(reason);
  }

  @Override
  public boolean drain(String node, String reason) {
    throw TroupeException.usage(
        "this run has one node and cannot go on without it; ./troupe stop saves and ends it");
  }

  @Override
  public String scale(int nodes, String reason) {
    throw TroupeException.usage(
        "this run has one node; ./troupe launch with the same job goes on from its last checkpoint with more");
  }
}
