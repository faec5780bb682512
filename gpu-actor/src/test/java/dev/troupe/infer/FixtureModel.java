package dev.troupe.infer;

import dev.troupe.checkpoint.CheckpointReader;
import dev.troupe.kernels.Matrix;
import dev.troupe.train.ParityFixture;
import java.nio.file.Path;
import java.util.Arrays;

/** A fixture's initial weights, loaded for inference, with the fixture's first batch. */
final class FixtureModel implements AutoCloseable {
  private final ParityFixture fixture;
  private final InferenceModel model;
  private final int[] inputs;
  private final int[] targets;

  FixtureModel(String name, Path folder) {
    this(name, folder, 1);
  }

  FixtureModel(String name, Path folder, int tp) {
    fixture = new ParityFixture(name);
    int tokens = fixture.batch() * fixture.model().maxSeq();
    try (CheckpointReader reader = CheckpointReader.open(fixture.initialCheckpoint(folder))) {
      model = InferenceModel.load(reader, tp, new InferenceModel.Room(tokens, 8));
    }
    inputs = new int[tokens];
    targets = new int[tokens];
    fixture.data().train().fill(1, 0, fixture.batch(), inputs, targets);
  }

  InferenceModel model() {
    return model;
  }

  int sequences() {
    return fixture.batch();
  }

  int length() {
    return model.maxPositions();
  }

  int[] inputs() {
    return inputs.clone();
  }

  int[] targets() {
    return targets.clone();
  }

  /** Tokens {@code [from, to)} of one sequence. */
  int[] tokens(int sequence, int from, int to) {
    int start = sequence * length();
    return Arrays.copyOfRange(inputs, start + from, start + to);
  }

  /** PyTorch's logits after one position of a sequence. */
  Matrix logits(int sequence, int position) {
    return row(fixture.floats("logits"), sequence * length() + position);
  }

  /** PyTorch's mean loss of the batch. */
  double loss() {
    return fixture.doubles("loss.fp64")[0];
  }

  private Matrix row(float[] values, int row) {
    int vocab = model.spec().vocab();
    Matrix result = Matrix.zeros(1, vocab);
    for (int i = 0; i < vocab; i++) {
      result.set(0, i, values[row * vocab + i]);
    }
    return result;
  }

  @Override
  public void close() {
    model.close();
    fixture.close();
  }
}
