package dev.troupe.coordinator.simulation;

import dev.troupe.coordinator.RunSettings;
import dev.troupe.coordinator.Timeouts;
import dev.troupe.proto.config.JobConfig;
import java.time.Duration;
import java.util.Random;

/**
 * What a seed makes of a run: how many nodes, devices and processes, the job, and how long faults
 * last.
 *
 * @param seed the seed
 * @param nodes machines that train
 * @param devices devices of each
 * @param devicesPerProcess devices of each worker process
 * @param controls control nodes
 * @param tp tensor-parallel width
 * @param virtualShards virtual shards
 * @param copies whether ranks keep copies of others' state
 * @param steps steps of the run
 * @param poisonedStep step whose gradient is never finite; 0: none
 * @param faultsEnd when the last fault has ended, in nanoseconds
 * @param faultMillis mean time between two faults, in milliseconds
 * @param settings what the coordinator is given
 */
record Scenario(
    long seed,
    int nodes,
    int devices,
    int devicesPerProcess,
    int controls,
    int tp,
    int virtualShards,
    boolean copies,
    int steps,
    long poisonedStep,
    long faultsEnd,
    int faultMillis,
    RunSettings settings) {

  static Scenario of(long seed) {
    Random random = new Random(seed);
    for (int i = 0; i < 3; i++) {
      random.nextInt(); // the first numbers of neighbouring seeds are alike
    }
    int nodes = 1 + random.nextInt(4);
    int devices = 1 + random.nextInt(4);
    int perProcess = random.nextBoolean() ? devices : 1;
    int tp = devices > 1 && random.nextInt(3) == 0 ? 2 : 1;
    int groups = nodes * (devices / tp);
    int shards = Math.max(groups, 1 + random.nextInt(8));
    boolean elastic = nodes > 1 && random.nextInt(3) > 0;
    int dp = elastic ? Math.min(groups, shards) : 1 + random.nextInt(groups);
    boolean copies = random.nextInt(5) > 0;
    int steps = 10 + random.nextInt(60);
    String nonFinite = random.nextInt(3) > 0 ? "retry" : "skip";
    boolean poisoned = nonFinite.equals("skip") && random.nextInt(3) == 0;
    String job =
        """
        run.name = simulation
        seed = %d
        parallel { tp = %d, dp = %d, virtual-shards = %d, reduction = exact }
        train { steps = %d, global-batch = %d, micro-batch = 1, seq-length = 8, warmup = 0 }
        data.validation { every = %d, samples = 1, sets = [{ name = other, path = other }] }
        samples { every = %d, prompts = [once, twice] }
        checkpoint.every = %d
        elastic { min-nodes = %d, max-nodes = %d, copies = %s }
        integrity { every = 1, non-finite = %s }
        """
            .formatted(
                Math.abs(seed),
                tp,
                dp,
                shards,
                steps,
                shards,
                random.nextInt(3) == 0 ? 0 : 3 + random.nextInt(8),
                seed % 3 == 0 ? 0 : 2 + Math.abs(seed) % 5,
                random.nextInt(8) == 0 ? 0 : 3 + random.nextInt(8),
                elastic && random.nextInt(4) == 0 ? 2 : 1,
                elastic ? nodes : 0,
                copies,
                nonFinite);
    Timeouts timeouts =
        new Timeouts(
            Duration.ofSeconds(60),
            Duration.ofSeconds(10),
            Duration.ofSeconds(10),
            Duration.ofSeconds(10),
            Duration.ofSeconds(5),
            Duration.ofMillis(2_500),
            Duration.ofSeconds(8));
    return new Scenario(
        seed,
        nodes,
        devices,
        perProcess,
        random.nextBoolean() ? 3 : 1,
        tp,
        shards,
        copies,
        steps,
        poisoned ? 1 + random.nextInt(steps) : 0,
        (5 + random.nextInt(40)) * VirtualTime.SECOND,
        300 + random.nextInt(3_000),
        new RunSettings(JobConfig.parse(job), "job", null, 0, nodes, timeouts, 0, "simulation"));
  }
}
