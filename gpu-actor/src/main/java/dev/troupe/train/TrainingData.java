package dev.troupe.train;

import dev.troupe.data.DataSet;
import dev.troupe.data.order.Batches;
import dev.troupe.proto.spec.JobSpec;
import java.util.Optional;

/**
 * Where a job's sequences come from.
 *
 * @param train the batches of each step
 * @param validation held-out sequences; empty where the job has none
 */
public record TrainingData(TokenSource train, Optional<HeldOut> validation) {

  /**
   * Held-out sequences.
   *
   * @param source gives them as step 1
   * @param sequences how many
   */
  public record HeldOut(TokenSource source, int sequences) {}

  /** The batches of opened data, as the job orders them. */
  public static TrainingData of(DataSet data, JobSpec job) {
    int length = job.train().seqLength();
    Batches training =
        Batches.training(
            data.train(), job.data().order(), job.seed(), length, job.train().globalBatch());
    Optional<HeldOut> held =
        data.validation()
            .filter(stream -> job.data().validation().every() > 0)
            .map(s -> Batches.validation(s, length, job.data().validation().samples()))
            .map(batches -> new HeldOut(batches::fill, batches.globalBatch()));
    return new TrainingData(training::fill, held);
  }
}
