package dev.troupe.train;

import dev.troupe.data.DataSet;
import dev.troupe.data.DataSources;
import dev.troupe.data.order.BatchReader;
import dev.troupe.data.order.Batches;
import dev.troupe.data.order.BlendedBatches;
import dev.troupe.data.stream.BlendPart;
import dev.troupe.data.stream.TokenStream;
import dev.troupe.proto.spec.JobSpec;
import dev.troupe.proto.spec.ValidationSet;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Where a job's sequences come from.
 *
 * @param train the batches of each step
 * @param validation held-out sequences; empty where the job has none
 * @param sources which source each sequence of a step comes from; empty without a blend
 * @param sets held-out sequences with names of their own, in the job's order; empty where nothing
 *     is validated
 * @param prompts what the model continues while it is trained; empty where the job has none
 */
public record TrainingData(
    TokenSource train,
    Optional<HeldOut> validation,
    Optional<Sources> sources,
    List<HeldOut> sets,
    Optional<SamplePrompts> prompts) {
  /** Copies the list. */
  public TrainingData {
    sets = List.copyOf(sets);
  }

  /** Sequences without a blend. */
  public TrainingData(TokenSource train, Optional<HeldOut> validation) {
    this(train, validation, Optional.empty(), List.of(), Optional.empty());
  }

  /**
   * The sources of a blend.
   *
   * @param count how many
   * @param of tells of each sequence
   */
  public record Sources(int count, SourceOf of) {}

  /** Tells which source, from 0, a sequence of a step's global batch comes from. */
  @FunctionalInterface
  public interface SourceOf {
    /** Steps count from 1, sequences from 0. */
    int source(long step, int sequence);
  }

  /**
   * Held-out sequences.
   *
   * @param source gives them as step 1
   * @param sequences how many
   */
  public record HeldOut(TokenSource source, int sequences) {}

  /**
   * The batches of opened data, as the job orders them.
   *
   * @throws dev.troupe.proto.error.TroupeException (usage or data) if there is too little of it
   */
  public static TrainingData of(DataSet data, JobSpec job) {
    Optional<HeldOut> held =
        job.data().validation().every() == 0 || data.validation().isEmpty()
            ? Optional.empty()
            : Optional.of(heldOut(data.validation(), job));
    List<HeldOut> sets = held.isEmpty() ? List.of() : sets(data.sets(), job);
    Optional<SamplePrompts> prompts = SamplePrompts.of(data.tokenizer(), job);
    int length = job.train().seqLength();
    int globalBatch = job.train().globalBatch();
    List<BlendPart> parts = data.train();
    if (job.data().blend().isEmpty()) {
      TokenStream stream = parts.getFirst().stream();
      Batches batches =
          Batches.training(stream, job.data().order(), job.seed(), length, globalBatch);
      return new TrainingData(source(batches), held, Optional.empty(), sets, prompts);
    }
    BlendedBatches blended =
        BlendedBatches.training(parts, job.data().order(), job.seed(), length, globalBatch);
    blended.requireEpochs(job.train().steps());
    Sources sources = new Sources(parts.size(), blended::source);
    return new TrainingData(source(blended), held, Optional.of(sources), sets, prompts);
  }

  private static List<HeldOut> sets(List<TokenStream> streams, JobSpec job) {
    List<HeldOut> sets = new ArrayList<>();
    for (TokenStream stream : streams) {
      int index = sets.size();
      int samples = job.data().validation().sets().get(index).samples();
      Batches batches =
          DataSources.naming(
              ValidationSet.pathKey(index),
              () -> Batches.validation(stream, job.train().seqLength(), samples));
      sets.add(new HeldOut(source(batches), batches.globalBatch()));
    }
    return sets;
  }

  private static HeldOut heldOut(List<BlendPart> parts, JobSpec job) {
    int length = job.train().seqLength();
    int samples = job.data().validation().samples();
    if (parts.size() == 1) {
      Batches batches = Batches.validation(parts.getFirst().stream(), length, samples);
      return new HeldOut(source(batches), batches.globalBatch());
    }
    BlendedBatches batches = BlendedBatches.validation(parts, length, samples);
    return new HeldOut(source(batches), batches.globalBatch());
  }

  private static TokenSource source(BatchReader batches) {
    return new TokenSource() {
      @Override
      public void fill(long step, int first, int sequences, int[] inputs, int[] targets) {
        batches.fill(step, first, sequences, inputs, targets);
      }

      @Override
      public void firstKeys(long step, int first, int sequences, int[] firstKeys) {
        batches.firstKeys(step, first, sequences, firstKeys);
      }
    };
  }
}
