package dev.troupe.deploy.job;

import dev.troupe.checkpoint.CheckpointReader;
import dev.troupe.eval.LossModel;
import dev.troupe.infer.InferenceModel;
import dev.troupe.proto.error.TroupeException;
import java.util.ArrayList;
import java.util.List;

/**
 * Copies of a model among which work is shared out. Owns them.
 *
 * @param models at least one; each used by one thread
 */
record Replicas(List<InferenceModel> models) implements AutoCloseable {
  Replicas {
    models = List.copyOf(models);
  }

  /**
   * Loads a checkpoint's weights {@code dp} times; the copies share the cores.
   *
   * @param tp ranks that each is cut over
   * @param rows token rows of the largest batch
   * @throws TroupeException (usage) where the model cannot be cut so; (resources) where memory does
   *     not suffice
   */
  static Replicas load(CheckpointReader reader, int dp, int tp, int rows) {
    int cores = Runtime.getRuntime().availableProcessors() / dp;
    List<InferenceModel> models = new ArrayList<>();
    try {
      for (int i = 0; i < dp; i++) {
        models.add(InferenceModel.load(reader, tp, cores, new InferenceModel.Room(rows, 1)));
      }
      return new Replicas(models);
    } catch (RuntimeException | Error e) {
      models.forEach(InferenceModel::close);
      throw e;
    }
  }

  List<LossModel> lossModels() {
    return models.stream().map(model -> (LossModel) model::losses).toList();
  }

  @Override
  public void close() {
    models.forEach(InferenceModel::close);
  }
}
