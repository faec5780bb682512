package dev.troupe.deploy.worker;

import dev.troupe.checkpoint.Storage;
import dev.troupe.collectives.comm.Communicators;
import dev.troupe.data.DataSet;
import dev.troupe.data.DataSources;
import dev.troupe.deploy.backend.Backend;
import dev.troupe.proto.spec.JobSpec;
import dev.troupe.train.Assignment;
import dev.troupe.train.Trainer;
import dev.troupe.train.TrainerFactory;
import dev.troupe.train.TrainingData;
import org.jspecify.annotations.Nullable;

/**
 * Trainers of whatever job a worker process is given. The data are opened with the first rank and
 * shared by all ranks of the process. Thread-safe.
 */
final class JobTrainers implements TrainerFactory, AutoCloseable {
  private final Backend backend;
  private final Storage storage;
  private @Nullable JobSpec job;
  private @Nullable DataSet data;

  /** Trainers on a backend, which write checkpoints through {@code storage}. */
  JobTrainers(Backend backend, Storage storage) {
    this.backend = backend;
    this.storage = storage;
  }

  @Override
  public Trainer create(Assignment assignment, Communicators communicators) {
    TrainingData sequences = TrainingData.of(open(assignment.job()), assignment.job());
    return backend.trainers(sequences, storage).create(assignment, communicators);
  }

  private synchronized DataSet open(JobSpec wanted) {
    DataSet opened = data;
    if (opened == null || !wanted.equals(job)) {
      close();
      opened = DataSources.open(wanted.data(), wanted.model().vocab(), progress -> {});
      data = opened;
      job = wanted;
    }
    return opened;
  }

  /** Closes the data; no rank may be training on them. */
  @Override
  public synchronized void close() {
    if (data != null) {
      data.close();
      data = null;
      job = null;
    }
  }
}
