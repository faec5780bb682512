package dev.troupe.actor;

import dev.troupe.collectives.comm.Communicators;
import dev.troupe.proto.spec.JobSpec;
import dev.troupe.train.StateVault;
import dev.troupe.train.TrainerFactory;
import java.util.function.Function;

/**
 * What a process gives its GPU actors to work with.
 *
 * @param process name of the process, unique in the cluster
 * @param trainers makes a rank's trainer
 * @param communicators makes communicators; its {@code abort} ends an epoch
 * @param jobs reads a resolved job
 * @param vault the process's memory for committed states
 */
public record RankRuntime(
    String process,
    TrainerFactory trainers,
    Communicators communicators,
    Function<String, JobSpec> jobs,
    StateVault vault) {}
