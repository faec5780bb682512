package dev.troupe.huggingface;

import dev.troupe.checkpoint.SafetensorsTensor;
import dev.troupe.checkpoint.SafetensorsType;
import dev.troupe.proto.error.TroupeException;
import dev.troupe.proto.spec.ModelSpec;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Finds each of a model's tensors in its files: every one once, in its shape, and no other. Throws
 * what is wrong with the file and the tensor's name.
 */
final class WeightMatch {
  private static final Set<SafetensorsType> TYPES =
      EnumSet.of(SafetensorsType.F32, SafetensorsType.F16, SafetensorsType.BF16);
  private static final String EMBEDDING = "model.embed_tokens.weight";
  private static final String HEAD = "lm_head.weight";

  /** Old files have the rotary embedding's frequencies, too, which config.json gives already. */
  private static final String FREQUENCIES = ".rotary_emb.inv_freq";

  private final ModelSpec model;
  private final Map<String, WeightFile> found = new LinkedHashMap<>();

  private WeightMatch(ModelSpec model) {
    this.model = model;
  }

  /**
   * The files of the model's tensors.
   *
   * @throws TroupeException where a tensor is missing, too many, there twice, or of another shape
   *     or element type
   */
  static Map<String, WeightFile> of(ModelSpec model, List<WeightFile> files) {
    WeightMatch match = new WeightMatch(model);
    for (WeightFile file : files) {
      file.data().tensors().keySet().forEach(name -> match.place(name, file));
    }
    Set<String> wanted = new LinkedHashSet<>();
    for (ModelTensor tensor : ModelTensor.of(model)) {
      wanted.add(tensor.name());
      WeightFile file = match.found.get(tensor.name());
      if (file == null) {
        throw TroupeException.data(
            "%s: no file has tensor %s, which a model of %d layers needs. Give the folder of the whole model."
                .formatted(files.getFirst().path().getParent(), tensor.name(), model.layers()));
      }
      requireFit(tensor, file);
    }
    match.requireNoOther(wanted);
    return match.found;
  }

  private void place(String name, WeightFile file) {
    if (name.endsWith(FREQUENCIES)) {
      return;
    }
    WeightFile other = found.put(name, file);
    if (other != null) {
      throw TroupeException.data(
          "tensor %s is in %s and in %s. Download both files again."
              .formatted(name, other.path(), file.path()));
    }
  }

  private static void requireFit(ModelTensor tensor, WeightFile file) {
    SafetensorsTensor there = file.data().tensor(tensor.name());
    if (!there.shape().equals(tensor.shape())) {
      throw TroupeException.data(
          "%s: tensor %s has shape %s, but config.json makes it %s. Check that both are of one model."
              .formatted(file.path(), tensor.name(), there.shape(), tensor.shape()));
    }
    if (!TYPES.contains(there.type())) {
      throw TroupeException.data(
          "%s: tensor %s has dtype %s. Save the model in F32, F16 or BF16 first."
              .formatted(file.path(), tensor.name(), there.type()));
    }
  }

  private void requireNoOther(Set<String> wanted) {
    found.forEach(
        (name, file) -> {
          if (!wanted.contains(name) && !isTiedHead(name)) {
            throw TroupeException.data(
                "%s: a model of this config.json has no tensor %s. Check that both are of one model."
                    .formatted(file.path(), name));
          }
        });
    found.keySet().retainAll(wanted);
  }

  /** Some files keep a tied head beside the embedding; it must be the same. */
  private boolean isTiedHead(String name) {
    if (!model.tiedHead() || !name.equals(HEAD)) {
      return false;
    }
    WeightFile head = found.get(HEAD);
    WeightFile embedding = found.get(EMBEDDING);
    if (head == null || embedding == null) {
      return false;
    }
    boolean same =
        head.data().tensor(HEAD).type() == embedding.data().tensor(EMBEDDING).type()
            && head.data().data(HEAD).mismatch(embedding.data().data(EMBEDDING)) == -1;
    if (!same) {
      throw TroupeException.data(
          "%s: tensor %s differs from %s, but config.json has tie_word_embeddings = true. Set it to false."
              .formatted(head.path(), HEAD, EMBEDDING));
    }
    return true;
  }
}
