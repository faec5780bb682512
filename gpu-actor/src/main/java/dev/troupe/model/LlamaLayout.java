package dev.troupe.model;

import dev.troupe.layer.ParameterSpec;
import dev.troupe.layer.ParameterSpec.GradientSync;
import dev.troupe.layer.ParameterSpec.Init;
import dev.troupe.layer.ParameterSpec.Piece;
import dev.troupe.proto.spec.ModelSpec;
import java.util.ArrayList;
import java.util.List;

/**
 * Which part of each logical tensor of a LLaMA one tensor-parallel rank holds. Logical tensors have
 * Hugging Face's names and shapes.
 *
 * @param model the model
 * @param tp tensor-parallel width
 * @param tpIndex this rank's place in it
 * @param sequenceParallel whether norms see only a part of the rows
 * @param initStd standard deviation of the initial weights
 */
public record LlamaLayout(
    ModelSpec model, int tp, int tpIndex, boolean sequenceParallel, double initStd) {

  /** Vocabulary is padded to a multiple of this times tp. */
  private static final int VOCAB_GRANULE = 128;

  /** The parameters of one gradient bucket, in the order in which backward finishes buckets. */
  public record Bucket(String name, List<ParameterSpec> parameters) {
    /** Copies the list. */
    public Bucket {
      parameters = List.copyOf(parameters);
    }
  }

  /** The same parameters where every rank sees all rows. */
  public LlamaLayout whole() {
    return new LlamaLayout(model, tp, tpIndex, false, initStd);
  }

  /** Vocabulary rows a rank, padding included. */
  public int vocabRows() {
    int granule = VOCAB_GRANULE * tp;
    return (model.vocab() + granule - 1) / granule * VOCAB_GRANULE;
  }

  /** Id of this rank's first vocabulary row. */
  public int firstVocab() {
    return tpIndex * vocabRows();
  }

  /** This rank's vocabulary rows that are token ids. */
  public int validVocab() {
    return Math.clamp(model.vocab() - firstVocab(), 0, vocabRows());
  }

  /** Query heads of this rank. */
  public int heads() {
    return model.heads() / tp;
  }

  /** Key/value heads of this rank; ranks share one where there are fewer heads than ranks. */
  public int kvHeads() {
    return Math.max(1, model.kvHeads() / tp);
  }

  private int kvReplicas() {
    return Math.max(1, tp / model.kvHeads());
  }

  /** Buckets: embedding, blocks, head. */
  public List<Bucket> buckets() {
    List<Bucket> buckets = new ArrayList<>();
    buckets.add(new Bucket("embedding", List.of(vocabulary("model.embed_tokens.weight"))));
    for (int block = 0; block < model.layers(); block++) {
      buckets.add(new Bucket("block" + block, block(block)));
    }
    List<ParameterSpec> head = new ArrayList<>();
    head.add(gain("model.norm.weight"));
    if (!model.tiedHead()) {
      head.add(vocabulary("lm_head.weight"));
    }
    buckets.add(new Bucket("head", head));
    return List.copyOf(buckets);
  }

  private List<ParameterSpec> block(int block) {
    String prefix = "model.layers." + block + ".";
    int d = model.hidden();
    int hd = model.headDim();
    double residual = initStd / Math.sqrt(2.0 * model.layers());
    return List.of(
        gain(prefix + "input_layernorm.weight"),
        queries(prefix + "self_attn."),
        keysAndValues(prefix + "self_attn."),
        columns(prefix + "self_attn.o_proj.weight", d, model.heads() * hd, residual),
        gain(prefix + "post_attention_layernorm.weight"),
        gateAndUp(prefix + "mlp."),
        columns(prefix + "mlp.down_proj.weight", d, model.ffn(), residual));
  }

  private ParameterSpec gain(String name) {
    int d = model.hidden();
    return new ParameterSpec(
        name,
        1,
        d,
        List.of(new Piece(name, 1, d, 0, 0, 0, 1)),
        false,
        tpIndex == 0,
        sequenceParallel ? GradientSync.TENSOR : GradientSync.NONE,
        new Init(1, 0));
  }

  private ParameterSpec vocabulary(String name) {
    int valid = validVocab();
    List<Piece> pieces =
        valid == 0
            ? List.of()
            : List.of(new Piece(name, model.vocab(), model.hidden(), firstVocab(), 0, 0, valid));
    return matrix(name, vocabRows(), model.hidden(), pieces, true, GradientSync.NONE, initStd);
  }

  private ParameterSpec queries(String prefix) {
    int d = model.hidden();
    int rows = heads() * model.headDim();
    String name = prefix + "q_proj.weight";
    Piece piece = new Piece(name, rows * tp, d, tpIndex * rows, 0, 0, rows);
    return matrix(name, rows, d, List.of(piece), true, GradientSync.NONE, initStd);
  }

  private ParameterSpec keysAndValues(String prefix) {
    int d = model.hidden();
    int rows = kvHeads() * model.headDim();
    int all = model.kvHeads() * model.headDim();
    int first = tpIndex / kvReplicas() * rows;
    return matrix(
        prefix + "kv_proj.weight",
        2 * rows,
        d,
        List.of(
            new Piece(prefix + "k_proj.weight", all, d, first, 0, 0, rows),
            new Piece(prefix + "v_proj.weight", all, d, first, 0, rows, rows)),
        tpIndex % kvReplicas() == 0,
        kvReplicas() > 1 ? GradientSync.KEY_VALUE : GradientSync.NONE,
        initStd);
  }

  private ParameterSpec gateAndUp(String prefix) {
    int d = model.hidden();
    int rows = model.ffn() / tp;
    int first = tpIndex * rows;
    return matrix(
        prefix + "gate_up_proj.weight",
        2 * rows,
        d,
        List.of(
            new Piece(prefix + "gate_proj.weight", model.ffn(), d, first, 0, 0, rows),
            new Piece(prefix + "up_proj.weight", model.ffn(), d, first, 0, rows, rows)),
        true,
        GradientSync.NONE,
        initStd);
  }

  private ParameterSpec columns(String name, int rows, int inner, double std) {
    int cols = inner / tp;
    Piece piece = new Piece(name, rows, inner, 0, tpIndex * cols, 0, rows);
    return matrix(name, rows, cols, List.of(piece), true, GradientSync.NONE, std);
  }

  private static ParameterSpec matrix(
      String name,
      int rows,
      int cols,
      List<Piece> pieces,
      boolean counted,
      GradientSync sync,
      double std) {
    return new ParameterSpec(name, rows, cols, pieces, true, counted, sync, new Init(0, std));
  }
}
