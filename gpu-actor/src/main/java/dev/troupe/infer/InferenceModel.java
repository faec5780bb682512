package dev.troupe.infer;

import dev.troupe.checkpoint.CheckpointReader;
import dev.troupe.collectives.comm.Communicator;
import dev.troupe.collectives.comm.local.LocalCommunicators;
import dev.troupe.collectives.mesh.DeviceMesh;
import dev.troupe.model.KeyValueCache;
import dev.troupe.model.LlamaLayout;
import dev.troupe.model.Span;
import dev.troupe.proto.error.TroupeException;
import dev.troupe.proto.spec.ModelSpec;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * The weights of a checkpoint, float32, without gradients or optimizer, on tensor-parallel ranks of
 * this process: for generation and evaluation. Any checkpoint will do, whatever mesh it was saved
 * from. Each rank reads only its own part of the weights, and computes with its share of the cores.
 *
 * <p>Owns its memory. One thread at a time. After a failure inside of a call it can only be closed.
 */
public final class InferenceModel implements AutoCloseable {
  /** Token rows of one step at most. */
  static final int CHUNK = 512;

  private static final int EPOCH = 0;

  private final ModelSpec spec;
  private final Room room;
  private final RankThreads threads;
  private final List<InferenceRank> ranks;

  /**
   * How much is asked of a model at once: decides the memory of its workspace.
   *
   * @param evaluationRows token rows of the largest batch given to {@link #losses}; 0 for none
   * @param sequences most sequences that are extended together
   */
  public record Room(int evaluationRows, int sequences) {
    /** Checks the ranges. */
    public Room {
      if (evaluationRows < 0 || sequences < 1 || sequences > CHUNK) {
        throw new IllegalArgumentException(
            "%d evaluation rows must be >= 0, %d sequences in [1, %d]"
                .formatted(evaluationRows, sequences, CHUNK));
      }
    }
  }

  /**
   * More tokens of one sequence.
   *
   * @param cache what the sequence has so far
   * @param tokens what follows, one or more
   */
  public record Extension(SequenceCache cache, int[] tokens) {}

  /**
   * Loads a checkpoint's weights. The cores of this process are shared out between the ranks.
   *
   * @param tp tensor-parallel width
   * @throws TroupeException of category usage where the model cannot be cut so, of category
   *     resource where memory does not suffice
   */
  public static InferenceModel load(CheckpointReader reader, int tp, Room room) {
    return load(reader, tp, Runtime.getRuntime().availableProcessors(), room);
  }

  /**
   * Loads a checkpoint's weights, to compute with a part of the cores.
   *
   * @param tp tensor-parallel width
   * @param cores to be shared out between the ranks, of which each has one at least
   * @throws TroupeException as {@link #load(CheckpointReader, int, Room)}
   */
  public static InferenceModel load(CheckpointReader reader, int tp, int cores, Room room) {
    ModelSpec spec = reader.info().model();
    requireFits(spec, tp);
    LocalCommunicators communicators = new LocalCommunicators();
    DeviceMesh mesh = new DeviceMesh(tp, 1);
    int threads = Math.max(1, cores / tp);
    List<InferenceRank> ranks = new ArrayList<>();
    try {
      for (int rank = 0; rank < tp; rank++) {
        LlamaLayout layout = new LlamaLayout(spec, tp, rank, false, 0);
        Communicator group = communicators.open(EPOCH, mesh.tensorGroup(rank), rank);
        ranks.add(new InferenceRank(layout, threads, group, reader, room));
      }
      RankThreads together = new RankThreads(tp, why -> communicators.abort(EPOCH, why));
      return new InferenceModel(spec, room, together, ranks);
    } catch (RuntimeException | Error e) {
      ranks.forEach(InferenceRank::close);
      throw e;
    }
  }

  private InferenceModel(
      ModelSpec spec, Room room, RankThreads threads, List<InferenceRank> ranks) {
    this.spec = spec;
    this.room = room;
    this.threads = threads;
    this.ranks = List.copyOf(ranks);
  }

  /** As for training: whole heads and equal parts of the MLP; the vocabulary is padded to fit. */
  private static void requireFits(ModelSpec spec, int tp) {
    if (fits(spec, tp)) {
      return;
    }
    String widths =
        IntStream.rangeClosed(1, spec.heads())
            .filter(width -> fits(spec, width))
            .mapToObj(Integer::toString)
            .collect(Collectors.joining(", "));
    throw TroupeException.usage(
        "tp = %d does not fit the model (%d heads, %d key/value heads, ffn %d); give one of %s"
            .formatted(tp, spec.heads(), spec.kvHeads(), spec.ffn(), widths));
  }

  private static boolean fits(ModelSpec spec, int tp) {
    return tp >= 1
        && spec.heads() % tp == 0
        && spec.ffn() % tp == 0
        && (spec.kvHeads() % tp == 0 || tp % spec.kvHeads() == 0);
  }

  /** The model's dimensions. */
  public ModelSpec spec() {
    return spec;
  }

  /** Most positions a sequence can have. */
  public int maxPositions() {
    return spec.maxSeq();
  }

  /** Most sequences that {@link #extend(List)} takes. */
  public int maxSequences() {
    return room.sequences();
  }

  /**
   * An empty cache for a sequence; the caller closes it.
   *
   * @throws TroupeException of category resource where memory does not suffice
   */
  public SequenceCache newCache(int capacity) {
    List<KeyValueCache> parts = new ArrayList<>();
    try {
      ranks.forEach(rank -> parts.add(rank.newCache(capacity)));
    } catch (RuntimeException | Error e) {
      parts.forEach(KeyValueCache::close);
      throw e;
    }
    return new SequenceCache(parts);
  }

  /** Appends tokens to a cache and returns the logits of the token that follows, vocab() values. */
  public float[] extend(SequenceCache cache, int[] tokens) {
    requireRoom(new Extension(cache, tokens));
    float[] logits = {};
    for (int from = 0; from < tokens.length; from += CHUNK) {
      int to = Math.min(from + CHUNK, tokens.length);
      int[] part = Arrays.copyOfRange(tokens, from, to);
      logits = extend(List.of(new Extension(cache, part)))[0];
    }
    return logits;
  }

  /**
   * One step of several sequences: appends tokens to the cache of each. The weights are read once
   * for all of them. What a sequence gets does not depend on the others but for rounding: products
   * of other sizes may add in another order.
   *
   * @param extensions at most {@link #maxSequences}, with {@value #CHUNK} tokens in all, no cache
   *     twice
   * @return a row for each, vocab() values: the logits of the token that follows
   * @throws IndexOutOfBoundsException where a cache has no room for its tokens; nothing is done
   *     then
   */
  public float[][] extend(List<Extension> extensions) {
    extensions.forEach(InferenceModel::requireRoom);
    int[] tokens = extensions.stream().flatMapToInt(each -> Arrays.stream(each.tokens())).toArray();
    if (extensions.isEmpty() || extensions.size() > room.sequences() || tokens.length > CHUNK) {
      throw new IllegalArgumentException(
          "%d sequences with %d tokens; at most %d with %d"
              .formatted(extensions.size(), tokens.length, room.sequences(), CHUNK));
    }
    float[][] logits = new float[extensions.size()][spec.vocab()];
    threads.run(rank -> ranks.get(rank).extend(spans(extensions, rank), tokens, logits));
    return logits;
  }

  private static List<Span> spans(List<Extension> extensions, int rank) {
    return extensions.stream()
        .map(each -> new Span(each.cache().part(rank), each.tokens().length))
        .toList();
  }

  private static void requireRoom(Extension extension) {
    SequenceCache cache = extension.cache();
    int count = extension.tokens().length;
    if (count < 1 || count > cache.capacity() - cache.length()) {
      throw new IndexOutOfBoundsException(
          "%d more tokens; the cache has %d of %d positions"
              .formatted(count, cache.length(), cache.capacity()));
    }
  }

  /** Losses in nats of every target of some sequences of equal length, row-major. */
  public float[] losses(int[] inputs, int[] next, int sequences, int length) {
    if ((long) sequences * length > room.evaluationRows()) {
      throw new IllegalArgumentException(
          "%d sequences of %d tokens; at most %d rows"
              .formatted(sequences, length, room.evaluationRows()));
    }
    float[][] losses = new float[ranks.size()][];
    threads.run(rank -> losses[rank] = ranks.get(rank).losses(inputs, next, sequences, length));
    return losses[0];
  }

  @Override
  public void close() {
    threads.close();
    ranks.forEach(InferenceRank::close);
  }
}
