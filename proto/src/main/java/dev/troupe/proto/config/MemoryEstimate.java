package dev.troupe.proto.config;

import dev.troupe.proto.error.TroupeException;
import dev.troupe.proto.spec.JobSpec;
import dev.troupe.proto.spec.ModelSpec;
import dev.troupe.proto.spec.ParallelSpec;
import dev.troupe.proto.spec.Precision;
import dev.troupe.proto.spec.TrainSpec;
import java.util.Locale;

/**
 * Bytes that one rank needs, known before anything is allocated. State is exact up to alignment;
 * activations are an upper bound for the layers as they are.
 *
 * <p>With {@code P} parameters on the rank (its tensor-parallel part, vocabulary padded), {@code e}
 * bytes an element (4 in fp32, 2 in bf16) and {@code dp} ranks that share optimizer state (ZeRO-1,
 * Rajbhandari et al., arXiv 1910.02054):
 *
 * <ul>
 *   <li>parameters {@code P e}, main gradients {@code 4 P}
 *   <li>optimizer: two moments, and master weights in bf16: {@code 8 P / dp} or {@code 12 P / dp}
 *   <li>snapshot of a checkpoint that is being written: weights and moments, {@code 12 P / dp}
 *   <li>activations: what forward keeps of each block, after Korthikanti et al., arXiv 2205.05198,
 *       without the scores, which are never stored
 *   <li>workspace: one block's backward, and the logits with their gradient in float32
 * </ul>
 *
 * @param parameters weights that forward and backward read
 * @param gradients main gradients
 * @param optimizer AdamW's state and master weights
 * @param snapshot copy of the state while a checkpoint is written
 * @param activations what forward keeps for backward
 * @param workspace what lives within one block or the loss
 */
public record MemoryEstimate(
    long parameters,
    long gradients,
    long optimizer,
    long snapshot,
    long activations,
    long workspace) {

  private static final int VOCABULARY_MULTIPLE = 128;

  /** The estimate for each rank of a job. */
  public static MemoryEstimate of(JobSpec job) {
    long count = parametersPerRank(job.model(), job.parallel());
    long perReplica = Math.ceilDiv(count, job.parallel().dp());
    int element = job.precision() == Precision.FP32 ? 4 : 2;
    int stateBytes = job.precision() == Precision.FP32 ? 8 : 12;
    Block block = Block.of(job, element);
    long tokens = (long) job.train().microBatch() * job.train().seqLength();
    long logits = tokens * paddedVocabulary(job.model(), job.parallel()) / job.parallel().tp() * 8;
    return new MemoryEstimate(
        count * element,
        count * 4,
        perReplica * stateBytes,
        perReplica * 12,
        tokens * block.kept(job.train()) * job.model().layers(),
        Math.max(tokens * 2 * block.all(), logits));
  }

  /** All of it. */
  public long total() {
    return parameters + gradients + optimizer + snapshot + activations + workspace;
  }

  /**
   * Refuses a job that does not fit on a host.
   *
   * @param available bytes that can still be allocated on the host
   * @param ranksOnHost how many ranks share them
   * @throws TroupeException of category resource, with the table and what would help
   */
  public void requireFits(long available, int ranksOnHost) {
    long needed = total() * ranksOnHost;
    if (needed > available) {
      throw TroupeException.resource(
          ("not enough memory: %d rank(s) need %s (%,d bytes), %s (%,d bytes) are available.%n%s"
                  + "Choose a smaller model.preset, a smaller train.micro-batch, train.recompute ="
                  + " full, precision = bf16, or more hosts.")
              .formatted(
                  ranksOnHost,
                  ByteSize.text(needed),
                  needed,
                  ByteSize.text(available),
                  available,
                  table()));
    }
  }

  /** What takes how much, a line each, for one rank. */
  public String table() {
    return row("parameters", parameters)
        + row("main gradients", gradients)
        + row("optimizer state", optimizer)
        + row("checkpoint snapshot", snapshot)
        + row("activations", activations)
        + row("workspace", workspace)
        + row("total a rank", total());
  }

  private static String row(String what, long bytes) {
    return String.format(Locale.ROOT, "  %-20s %10s%n", what, ByteSize.text(bytes));
  }

  /** Number of parameters that one rank holds, copies of shared KV heads and padding included. */
  static long parametersPerRank(ModelSpec model, ParallelSpec parallel) {
    long hidden = model.hidden();
    int tp = parallel.tp();
    long vocabulary = paddedVocabulary(model, parallel) / tp * hidden;
    long kvWidth = (long) Math.max(1, model.kvHeads() / tp) * model.headDim();
    long attention = 2 * hidden * (hidden / tp) + 2 * hidden * kvWidth;
    long mlp = 3 * hidden * (model.ffn() / tp);
    return vocabulary * (model.tiedHead() ? 1 : 2)
        + model.layers() * (attention + mlp + 2 * hidden)
        + hidden;
  }

  private static long paddedVocabulary(ModelSpec model, ParallelSpec parallel) {
    long multiple = (long) VOCABULARY_MULTIPLE * parallel.tp();
    return Math.ceilDiv((long) model.vocab(), multiple) * multiple;
  }

  /**
   * Bytes a token that one transformer block keeps on one rank.
   *
   * @param input the block's input
   * @param norms outputs of the two norms, and the residual between attention and MLP
   * @param attention queries, keys, values, attention's output and its float32 statistics
   * @param gates gate and up projections
   * @param product their SwiGLU product
   */
  private record Block(long input, long norms, long attention, long gates, long product) {
    static Block of(JobSpec job, int element) {
      ModelSpec model = job.model();
      int tp = job.parallel().tp();
      long residual = (long) model.hidden() * element / (job.parallel().sequence() ? tp : 1);
      long kvWidth = (long) Math.max(1, model.kvHeads() / tp) * model.headDim();
      long attention =
          (2L * model.hidden() / tp + 2 * kvWidth) * element + 4L * (model.heads() / tp + 2);
      long ffn = (long) model.ffn() / tp * element;
      return new Block(residual, 3 * residual, attention, 2 * ffn, ffn);
    }

    long all() {
      return input + norms + attention + gates + product;
    }

    long kept(TrainSpec train) {
      return switch (train.recompute()) {
        case NONE -> all();
        case SELECTIVE -> all() - product - norms * 2 / 3;
        case FULL -> input;
      };
    }
  }
}
