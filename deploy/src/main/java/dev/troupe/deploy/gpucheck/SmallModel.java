package dev.troupe.deploy.gpucheck;

import java.util.ArrayList;
import java.util.List;

/**
 * The model that runs are compared with: grouped heads, heads and rows that tiles do not divide.
 *
 * @param tiny whether it is to run on a device that is slower than a CPU
 */
record SmallModel(boolean tiny) {
  /** Steps of runs that are compared. */
  static final int STEPS = 20;

  /** Settings of a run of it that take {@code steps} steps, and further ones. */
  List<String> settings(int steps, List<String> more) {
    List<String> settings =
        new ArrayList<>(
            List.of(
                "model.hidden=" + (tiny ? 32 : 192),
                "model.layers=" + (tiny ? 1 : 3),
                "model.heads=" + (tiny ? 4 : 6),
                "model.kv-heads=2",
                "model.ffn=" + (tiny ? 48 : 520),
                "model.max-seq=" + (tiny ? 16 : 128),
                "train.seq-length=" + (tiny ? 14 : 118),
                "train.global-batch=4",
                "train.micro-batch=2",
                "train.steps=" + steps,
                "train.warmup=2",
                "train.schedule=constant",
                "parallel.tp=1",
                "parallel.dp=1",
                "parallel.virtual-shards=2",
                "parallel.reduction=exact",
                "data.bios.people=50",
                "data.validation.every=0",
                "checkpoint.every=0"));
    settings.addAll(more);
    return settings;
  }
}
