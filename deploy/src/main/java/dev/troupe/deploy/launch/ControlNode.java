package dev.troupe.deploy.launch;

import dev.troupe.coordinator.RunResult;
import dev.troupe.coordinator.journal.KeeperActor;
import dev.troupe.deploy.report.RunFolder;
import dev.troupe.proto.spec.JobSpec;
import java.io.PrintWriter;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;

/**
 * What a node has that may coordinate.
 *
 * @param job the job
 * @param run the run's folder, which all control nodes share
 * @param console what people see of the run, where it is coordinated here
 * @param coordination the coordinator, once it is here
 */
record ControlNode(JobSpec job, RunFolder run, PrintWriter console, Coordination coordination) {
  private static final long LAST_WORD_SECONDS = 10;

  /**
   * Its part in the cluster.
   *
   * @throws dev.troupe.proto.error.TroupeException where its part of the journal is damaged
   */
  MemberActor.Control part(String node) {
    int nodes = job.cluster().controlNodes();
    return new MemberActor.Control(
        coordination.behavior(),
        nodes == 1
            ? Optional.empty()
            : Optional.of(KeeperActor.create(RunIdentity.journal(run.path(), node))),
        nodes);
  }

  /** Completes with a sentence where this node coordinated and cannot any more. */
  CompletionStage<String> onTrouble() {
    CompletableFuture<String> trouble = new CompletableFuture<>();
    coordination.onSuperseded().thenAccept(trouble::complete);
    coordination
        .result()
        .thenAccept(
            end -> {
              if (end.category() != null) {
                trouble.complete(end.message());
              }
            });
    return trouble;
  }

  /** The run is over: where it was coordinated here, its last report is written. */
  void awaitLastWord() {
    if (coordination.began().toCompletableFuture().getNow(false)) {
      CompletableFuture<RunResult> result = coordination.result().toCompletableFuture();
      CompletableFuture.anyOf(result, coordination.onSuperseded().toCompletableFuture())
          .completeOnTimeout("", LAST_WORD_SECONDS, TimeUnit.SECONDS)
          .join();
    }
  }
}
