package dev.troupe.model;

import dev.troupe.collectives.comm.Communicator;
import dev.troupe.kernels.Kernels;
import dev.troupe.layer.Parameter;
import dev.troupe.layer.RmsNorm;
import dev.troupe.parallel.ColumnParallelLinear;
import dev.troupe.parallel.ReplicatedRegion;
import dev.troupe.parallel.RowParallelLinear;
import dev.troupe.parallel.SequenceRegion;
import dev.troupe.parallel.TensorRegion;
import dev.troupe.parallel.VocabParallelEmbedding;
import dev.troupe.parallel.VocabParallelHead;
import dev.troupe.proto.spec.ModelSpec;
import dev.troupe.proto.spec.Recompute;
import dev.troupe.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * Puts a rank's layers together.
 *
 * @param layout what this rank holds
 * @param kernels where it runs
 * @param tp the tensor-parallel group
 * @param rope angles, float32 (positions, headDim)
 * @param recompute what backward computes again
 */
public record LlamaBuilder(
    LlamaLayout layout, Kernels kernels, Communicator tp, Tensor rope, Recompute recompute) {

  /** Builds the model over parameters that are found by name. */
  public Llama build(Map<String, Parameter> parameters) {
    ModelSpec model = layout.model();
    TensorRegion region =
        layout.sequenceParallel() && tp.size() > 1
            ? new SequenceRegion(tp)
            : new ReplicatedRegion(tp);
    List<Block> blocks = new ArrayList<>();
    for (int i = 0; i < model.layers(); i++) {
      blocks.add(block("model.layers." + i + ".", region, parameters));
    }
    Parameter table = find(parameters, "model.embed_tokens.weight");
    Parameter headWeight = model.tiedHead() ? table : find(parameters, "lm_head.weight");
    return new Llama(
        new VocabParallelEmbedding(kernels, region, table, layout.firstVocab()),
        blocks,
        norm(parameters, "model.norm.weight"),
        new VocabParallelHead(
            kernels, region, tp, headWeight, layout.firstVocab(), layout.validVocab()),
        recompute == Recompute.FULL);
  }

  private Block block(String prefix, TensorRegion region, Map<String, Parameter> parameters) {
    boolean keep = recompute == Recompute.NONE;
    Attention attention =
        new Attention(
            kernels,
            new ColumnParallelLinear(
                kernels,
                region,
                List.of(
                    find(parameters, prefix + "self_attn.q_proj.weight"),
                    find(parameters, prefix + "self_attn.kv_proj.weight"))),
            new RowParallelLinear(
                kernels, region, find(parameters, prefix + "self_attn.o_proj.weight")),
            rope,
            layout.heads(),
            layout.kvHeads(),
            layout.model().headDim());
    Mlp mlp =
        new Mlp(
            kernels,
            new ColumnParallelLinear(
                kernels, region, List.of(find(parameters, prefix + "mlp.gate_up_proj.weight"))),
            new RowParallelLinear(
                kernels, region, find(parameters, prefix + "mlp.down_proj.weight")),
            keep);
    return new Block(
        kernels,
        norm(parameters, prefix + "input_layernorm.weight"),
        attention,
        norm(parameters, prefix + "post_attention_layernorm.weight"),
        mlp,
        keep);
  }

  private RmsNorm norm(Map<String, Parameter> parameters, String name) {
    return new RmsNorm(kernels, find(parameters, name), (float) layout.model().normEps());
  }

  private static Parameter find(Map<String, Parameter> parameters, String name) {
    Parameter parameter = parameters.get(name);
    if (parameter == null) {
      throw new IllegalArgumentException("no parameter " + name);
    }
    return parameter;
  }
}
