package dev.troupe.proto.spec;

/**
 * One training job, complete and valid.
 *
 * @param runName name of the run
 * @param runDir folder that the run's files go to
 * @param device backend: {@code cpu} or {@code cuda}
 * @param precision type of parameters and activations
 * @param seed seed of the initial weights and the data order
 * @param logEvery steps between two console lines
 * @param model the model
 * @param parallel the mesh
 * @param train the run
 * @param data the data
 * @param checkpoint the checkpoints
 */
public record JobSpec(
    String runName,
    String runDir,
    String device,
    Precision precision,
    long seed,
    int logEvery,
    ModelSpec model,
    ParallelSpec parallel,
    TrainSpec train,
    DataSpec data,
    CheckpointSpec checkpoint) {}
