package dev.troupe.deploy.backend;

import dev.troupe.checkpoint.Storage;
import dev.troupe.collectives.comm.Communicators;
import dev.troupe.proto.codec.WorkerFrame;
import dev.troupe.train.TrainerFactory;
import dev.troupe.train.TrainingData;
import java.util.List;

/** What the ranks of this process compute on. Thread-safe. */
public interface Backend {
  /** Its GPUs, in the order of its devices; empty where it computes on the CPU. */
  List<WorkerFrame.Gpu> gpus();

  /** The communicators to place and abort epochs by, and to give the trainers. */
  Communicators communicators();

  /**
   * Trainers of a job.
   *
   * @param data its data, shared by all ranks of the process
   * @param storage what checkpoints are written through
   */
  TrainerFactory trainers(TrainingData data, Storage storage);
}
