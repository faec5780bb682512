package dev.troupe.kernels;

import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.troupe.collectives.device.DataType;
import dev.troupe.tensor.Tensor;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * The three passes, with columns that are padding and targets that other shards hold. Rows are
 * whole vectors, as those of vocabulary shards are; valid columns end anywhere.
 */
class CrossEntropyTest {
  private static final float SCALE = 0.37f;

  private final TestDevice device = open();

  /** The device that is tested; its kernels meet the reference whatever it is. */
  TestDevice open() {
    return TestDevice.cpu(2);
  }

  @AfterEach
  void close() {
    device.close();
  }

  @ParameterizedTest
  @CsvSource({
    "FLOAT32,1,16,1,0",
    "FLOAT32,3,16,13,0",
    "FLOAT32,17,16,16,0",
    "FLOAT32,13,208,150,100",
    "FLOAT32,207,336,320,64",
    "FLOAT32,5,32,0,17",
    "FLOAT32,31,32,17,3",
    "BFLOAT16,17,16,9,0",
    "BFLOAT16,13,208,150,100"
  })
  void meetsTheReference(DataType type, int rows, int cols, int valid, int first) {
    Matrix values = Matrix.normal(rows, cols, 1).map(v -> 4 * v + 30);
    Framed logits = Framed.of(device, DataType.FLOAT32, values);
    Matrix before = device.read(logits.view());
    Tensor targets = device.ids(Matrix.ids(rows, 2 * first + Math.max(1, valid), 2));
    Matrix ids = device.read(targets);

    Tensor max = device.zeros(DataType.FLOAT32, rows, 1);
    device.kernels().rowMax(max, logits.view(), valid);
    Close.check("max", ReferenceLoss.rowMax(before, valid), device.read(max), 0);

    // The group's maximum, which is at least the shard's own.
    Matrix shared = ReferenceLoss.rowMax(before, valid).map(m -> Math.max(m, 31));
    device.write(max, shared);
    Matrix maxima = device.read(max);
    Tensor sums = device.zeros(DataType.FLOAT32, 2, rows);
    device.kernels().expSum(sums, logits.view(), max, targets, first, valid);
    Matrix exps = ReferenceLoss.exps(before, maxima, valid);
    Close.check("exponentials", exps, device.read(logits.view()), DataType.FLOAT32);
    Matrix parts = ReferenceLoss.sums(before, maxima, ids, first, valid);
    Close.check("sums", parts.rows(0, 1), device.read(sums).rows(0, 1), DataType.FLOAT32);
    Close.check("targets", parts.rows(1, 1), device.read(sums).rows(1, 1), DataType.FLOAT32);
    logits.assertFrameIsWhole(device);

    backward(type, logits, targets, first, parts);
  }

  private void backward(DataType type, Framed exps, Tensor targets, int first, Matrix parts) {
    int rows = exps.view().rows();
    // What the other shards add to the sums.
    Matrix all = parts.zip(Matrix.normal(2, rows, 5), (part, more) -> part + 3 + Math.abs(more));
    Tensor sums = device.tensor(DataType.FLOAT32, all);
    Matrix total = device.read(sums);
    Matrix ids = device.read(targets);
    Matrix expected = ReferenceLoss.dLogits(device.read(exps.view()), total, ids, first, SCALE);
    Tensor losses = device.zeros(DataType.FLOAT32, rows, 1);
    Framed target =
        type == DataType.FLOAT32
            ? exps
            : Framed.of(device, type, Matrix.zeros(rows, exps.view().cols()));
    device
        .kernels()
        .crossEntropyBackward(target.view(), losses, exps.view(), sums, targets, first, SCALE);
    Close.check("losses", ReferenceLoss.losses(total), device.read(losses), DataType.FLOAT32);
    Close.check("dLogits", expected, device.read(target.view()), type);
    target.assertFrameIsWhole(device);
  }

  @Test
  void refusesRowsThatAreNotWholeVectors() {
    Tensor logits = device.zeros(DataType.FLOAT32, 3, 13);
    Tensor max = device.zeros(DataType.FLOAT32, 3, 1);
    Tensor sums = device.zeros(DataType.FLOAT32, 2, 3);
    Tensor targets = device.ids(Matrix.ids(3, 13, 1));
    Kernels kernels = device.kernels();
    assertThrows(IllegalArgumentException.class, () -> kernels.rowMax(max, logits, 13));
    assertThrows(
        IllegalArgumentException.class, () -> kernels.expSum(sums, logits, max, targets, 0, 13));
  }
}
