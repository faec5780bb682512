package dev.troupe.model;

import dev.troupe.collectives.device.DataType;
import dev.troupe.collectives.device.Device;
import dev.troupe.collectives.device.DeviceBuffer;
import dev.troupe.kernels.Accumulate;
import dev.troupe.layer.Pass;
import dev.troupe.layer.RmsNorm;
import dev.troupe.parallel.VocabParallelEmbedding;
import dev.troupe.parallel.VocabParallelHead;
import dev.troupe.tensor.Tensor;
import dev.troupe.tensor.Workspace;
import java.util.ArrayList;
import java.util.List;

/**
 * A LLaMA (Touvron et al. 2023), forward and backward by hand: embedding, blocks, norm, head. It
 * owns no memory: parameters are views, activations come from the pass's workspace.
 *
 * <p>Legend: ids and targets int32 (B*T, 1); x (rows, d) with rows = B*T, or B*T/tp under sequence
 * parallelism.
 *
 * <p>Threading: the rank's own thread. All ranks of the tensor-parallel group call together.
 */
public final class Llama {
  private final VocabParallelEmbedding embedding;
  private final List<Block> blocks;
  private final RmsNorm norm;
  private final VocabParallelHead head;
  private final boolean recomputeBlocks;
  private final boolean tied;

  Llama(
      VocabParallelEmbedding embedding,
      List<Block> blocks,
      RmsNorm norm,
      VocabParallelHead head,
      boolean recomputeBlocks) {
    this.embedding = embedding;
    this.blocks = List.copyOf(blocks);
    this.norm = norm;
    this.head = head;
    this.recomputeBlocks = recomputeBlocks;
    this.tied = embedding.table().equals(head.weight());
  }

  /**
   * Told of the buckets of parameters and gradients on the way: bucket 0 is the embedding's, 1 + i
   * block i's, the last the head's.
   */
  @FunctionalInterface
  public interface BucketListener {
    /** The main gradients of a bucket are complete for this microbatch. */
    void ready(int bucket);

    /** The parameters of a bucket are about to be used for the first time in this microbatch. */
    default void needed(int bucket) {}
  }

  /**
   * Forward and backward of one microbatch; main gradients are written or added to as the pass
   * says.
   *
   * @param scale gradient of the total loss with respect to one token's loss
   * @return losses in nats, float32 (B*T, 1); valid until the workspace is reset
   */
  public Tensor forwardBackward(
      Tensor ids, Tensor targets, float scale, Pass pass, BucketListener buckets) {
    Workspace workspace = pass.workspace();
    List<Block.Saved> saved = new ArrayList<>();
    List<Tensor> inputs = new ArrayList<>();
    buckets.needed(0);
    Tensor x = embedding.forward(ids, pass);
    for (int i = 0; i < blocks.size(); i++) {
      Block block = blocks.get(i);
      buckets.needed(i + 1);
      inputs.add(x);
      Tensor y = workspace.activation(x.type(), x.rows(), x.cols());
      long mark = workspace.markActivations();
      saved.add(block.forward(y, x, pass));
      if (recomputeBlocks) {
        workspace.releaseActivations(mark);
      }
      x = y;
    }
    buckets.needed(blocks.size() + 1);
    Tensor normed = workspace.activation(x.type(), x.rows(), x.cols());
    RmsNorm.Saved savedNorm = norm.forward(normed, x, pass);
    Tensor dx = workspace.activation(x.type(), x.rows(), x.cols());
    VocabParallelHead.LossAndGradient loss = head.lossAndGradient(normed, targets, scale, pass);
    norm.backward(dx, Accumulate.ASSIGN, loss.dx(), savedNorm, pass);
    if (!tied) {
      buckets.ready(blocks.size() + 1);
    }
    for (int i = blocks.size() - 1; i >= 0; i--) {
      backward(blocks.get(i), dx, inputs.get(i), saved.get(i), pass);
      buckets.ready(i + 1);
    }
    embedding.backward(dx, ids, tied ? Accumulate.ADD : pass.gradients(), pass);
    buckets.ready(0);
    if (tied) {
      buckets.ready(blocks.size() + 1);
    }
    return loss.losses();
  }

  private void backward(Block block, Tensor dx, Tensor x, Block.Saved saved, Pass pass) {
    if (!recomputeBlocks) {
      block.backward(dx, saved, pass);
      return;
    }
    Workspace workspace = pass.workspace();
    long mark = workspace.markActivations();
    long scratch = workspace.mark();
    Tensor y = workspace.scratch(x.type(), x.rows(), x.cols());
    Block.Saved again = block.forward(y, x, pass);
    workspace.release(scratch);
    block.backward(dx, again, pass);
    workspace.releaseActivations(mark);
  }

  /** The order in which {@link #forwardBackward} reports buckets. */
  public List<Integer> bucketOrder() {
    List<Integer> order = new ArrayList<>();
    for (int i = blocks.size(); i >= 0; i--) {
      order.add(i);
    }
    order.add(tied ? order.size() : 0, blocks.size() + 1);
    return order;
  }

  /** Losses of one microbatch without gradients. */
  public Tensor losses(Tensor ids, Tensor targets, Pass pass) {
    Workspace workspace = pass.workspace();
    Tensor x = embedding.forward(ids, pass);
    Tensor y = workspace.activation(x.type(), x.rows(), x.cols());
    for (Block block : blocks) {
      long mark = workspace.markActivations();
      block.forward(y, x, pass);
      workspace.releaseActivations(mark);
      Tensor swap = x;
      x = y;
      y = swap;
    }
    norm.forward(y, x, pass);
    return head.losses(y, targets, pass);
  }

  /**
   * Logits after new positions of some sequences, which are appended to their caches. What reads
   * the weights takes all rows at once; only attention goes sequence by sequence.
   *
   * @param ids int32 (n, 1): the ids of the spans, one span after another
   * @param spans whose positions they are; no cache twice
   * @return float32 (spans, padded vocabulary / tp): the logits that follow each span
   */
  public Tensor extend(Tensor ids, List<Span> spans, Workspace workspace) {
    Pass pass = new Pass(workspace, Accumulate.ASSIGN, 1, ids.rows());
    Tensor x = embedding.forward(ids, pass);
    Tensor y = workspace.activation(x.type(), x.rows(), x.cols());
    for (int i = 0; i < blocks.size(); i++) {
      long mark = workspace.markActivations();
      blocks.get(i).extend(y, x, spans, i, pass);
      workspace.releaseActivations(mark);
      Tensor swap = x;
      x = y;
      y = swap;
    }
    Tensor last = y.rows(0, spans.size()); // y is free by now
    int row = 0;
    for (int i = 0; i < spans.size(); i++) {
      Span span = spans.get(i);
      row += span.count();
      span.cache().advance(span.count());
      head.kernels().copy(last.rows(i, 1), x.rows(row - 1, 1));
    }
    Tensor normed = x.rows(0, spans.size());
    norm.forward(normed, last, pass);
    return head.logits(normed, pass);
  }

  /** An empty cache for {@code capacity} positions, in memory of {@code device}. */
  public KeyValueCache newCache(Device device, DataType type, int capacity) {
    return newCache(
        device.allocate(KeyValueCache.bytes(type, blocks.size(), capacity, keyWidth())),
        type,
        capacity);
  }

  /**
   * A cache over zeroed memory that the caller gives away, or lends if it does not close the cache;
   * or over none for a dry run.
   */
  public KeyValueCache newCache(DeviceBuffer buffer, DataType type, int capacity) {
    return new KeyValueCache(buffer, type, blocks.size(), capacity, keyWidth());
  }

  private int keyWidth() {
    Attention attention = blocks.getFirst().attention();
    return attention.kvHeads() * attention.headDim();
  }
}
