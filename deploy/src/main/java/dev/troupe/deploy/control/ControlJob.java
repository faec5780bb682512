package dev.troupe.deploy.control;

import dev.troupe.proto.config.JobConfig;
import dev.troupe.proto.spec.JobSpec;
import java.util.List;

/** The job of a run that computes nothing: a model that any mesh divides. */
public final class ControlJob {
  private ControlJob() {}

  /** A tensor-parallel group a node; no checkpoint but the last, no validation. */
  public static JobSpec of(int nodes, int ranksPerNode, int steps) {
    return JobConfig.load(
        null,
        List.of(
            "parallel.tp=" + ranksPerNode,
            "parallel.dp=" + nodes,
            "model.hidden=" + 8 * ranksPerNode,
            "model.heads=" + ranksPerNode,
            "model.kv-heads=" + ranksPerNode,
            "model.ffn=" + 8 * ranksPerNode,
            "train.global-batch=" + nodes,
            "train.micro-batch=1",
            "train.steps=" + steps,
            "data.validation.every=0",
            "checkpoint.every=0"));
  }
}
