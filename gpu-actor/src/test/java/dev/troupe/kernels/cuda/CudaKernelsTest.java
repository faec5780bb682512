package dev.troupe.kernels.cuda;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.troupe.collectives.device.DataType;
import dev.troupe.kernels.Accumulate;
import dev.troupe.kernels.Kernels;
import dev.troupe.kernels.Matrix;
import dev.troupe.kernels.TestDevice;
import dev.troupe.tensor.Tensor;
import java.util.function.Function;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * What the sizes of the reference tests do not reach: packs of 16 bytes, rows longer than a block's
 * registers, sorts of several tiles and passes; and results that must have the CPU's very bits, or
 * the same bits wherever they lie in memory.
 */
class CudaKernelsTest extends BothDevices {
  private static final float EPS = 1e-3f;

  /** More than 264 rows: a block of the backward pass has several. */
  @ParameterizedTest
  @CsvSource({
    "FLOAT32,3,64",
    "FLOAT32,2,4100",
    "FLOAT32,2,1031",
    "BFLOAT16,3,64",
    "BFLOAT16,2,8200",
    "BFLOAT16,2,1031",
    "BFLOAT16,300,16",
    "FLOAT32,267,1025"
  })
  void normsOfWideRows(DataType type, int rows, int cols) {
    Function<TestDevice, Matrix> forward =
        device -> {
          Tensor x = device.tensor(type, Matrix.normal(rows, cols, 1));
          Tensor delta = shifted(device, type, Matrix.normal(rows, cols, 2), 8);
          Tensor gain = device.tensor(type, Matrix.normal(1, cols, 3));
          Tensor y = shifted(device, type, Matrix.zeros(rows, cols), 8);
          Tensor rstd = device.zeros(DataType.FLOAT32, rows, 1);
          device.kernels().addRmsNorm(x, y, rstd, x, delta, gain, EPS);
          return device.read(y);
        };
    both("norm", type, forward);
    for (boolean input : new boolean[] {true, false}) {
      Function<TestDevice, Matrix> backward =
          device -> {
            Tensor x = device.tensor(type, Matrix.normal(rows, cols, 1));
            Tensor dy = device.tensor(type, Matrix.normal(rows, cols, 2));
            Tensor gain = device.tensor(type, Matrix.normal(1, cols, 3));
            Tensor rstd = device.tensor(DataType.FLOAT32, Matrix.normal(rows, 1, 4));
            Tensor dx = device.tensor(type, Matrix.normal(rows, cols, 5));
            Tensor dGain = device.tensor(DataType.FLOAT32, Matrix.normal(1, cols, 6));
            device
                .kernels()
                .rmsNormBackward(dx, dGain, dy, x, rstd, gain, Accumulate.ADD, Accumulate.ADD);
            return device.read(input ? dx : dGain);
          };
      both("gradient, input " + input, input ? type : DataType.FLOAT32, backward);
      assertArrayEquals(backward.apply(gpu).data(), backward.apply(gpu).data());
    }
  }

  @ParameterizedTest
  @CsvSource({"FLOAT32,0", "FLOAT32,1", "BFLOAT16,0", "BFLOAT16,8", "BFLOAT16,3"})
  void slicesOfPackedRows(DataType type, int shift) {
    int heads = 3;
    int headDim = 16;
    int rows = 14;
    both(
        "rope",
        type,
        device -> {
          Tensor x = shifted(device, type, Matrix.normal(rows, heads * headDim, 1), shift);
          Tensor table = device.tensor(DataType.FLOAT32, Matrix.normal(9, headDim, 2));
          device.kernels().rope(x, table, headDim, 7, 2, true);
          return device.read(x);
        });
    both(
        "swiglu",
        type,
        device -> {
          Tensor gateUp = shifted(device, type, Matrix.normal(rows, 96, 1), shift);
          Tensor y = shifted(device, type, Matrix.zeros(rows, 48), shift);
          device.kernels().swiglu(y, gateUp);
          device.kernels().swigluBackward(gateUp, y, gateUp);
          return device.read(gateUp);
        });
    sameBits(
        device -> {
          Tensor x = shifted(device, type, Matrix.normal(rows, 48, 1), shift);
          Tensor y = shifted(device, DataType.FLOAT32, Matrix.zeros(rows, 48), 0);
          Tensor z = shifted(device, DataType.BFLOAT16, Matrix.normal(rows, 48, 2), shift);
          device.kernels().copy(y, x);
          device.kernels().copy(z, y);
          device.kernels().copy(x, z);
          device.kernels().add(x, x, x);
          device.kernels().zero(x.rows(3, 2));
          return device.read(x);
        });
  }

  /** 300 rows of one table: two passes of eight bits; 5,000 ids: three tiles. */
  @ParameterizedTest
  @CsvSource({
    "FLOAT32,5000,300,16,7", "BFLOAT16,5000,300,8,0", "BFLOAT16,4097,70000,3,0",
    "BFLOAT16,3000,2,24,1", "FLOAT32,100,1,5,50", "FLOAT32,2048,255,1,0"
  })
  void addsEmbeddingGradientsInTheOrderOfRows(
      DataType type, int ids, int tableRows, int cols, int first) {
    Matrix tokens = Matrix.ids(ids, tableRows + 2 * first, 1);
    Function<TestDevice, Matrix> work =
        device -> {
          Tensor dTable = device.tensor(DataType.FLOAT32, Matrix.normal(tableRows, cols, 2));
          Tensor dy = device.tensor(type, Matrix.normal(ids, cols, 3));
          device.kernels().embeddingBackward(dTable, dy, device.ids(tokens), first);
          return device.read(dTable);
        };
    if (tableRows < 1000) {
      sameBits(work);
    } else {
      sameBits(device -> embeddingGradientOfUsedRows(device, type, tokens, tableRows, cols));
    }
  }

  /** The same with a table too large to be written and read row by row. */
  private static Matrix embeddingGradientOfUsedRows(
      TestDevice device, DataType type, Matrix tokens, int tableRows, int cols) {
    Tensor dTable = device.zeros(DataType.FLOAT32, tableRows, cols);
    Tensor dy = device.tensor(type, Matrix.normal(tokens.rows(), cols, 3));
    Tensor ids = device.ids(tokens);
    device.kernels().embeddingBackward(dTable, dy, ids, 0);
    Tensor back = device.zeros(DataType.FLOAT32, tokens.rows(), cols);
    device.kernels().embedding(back, dTable, ids, 0);
    return device.read(back);
  }

  @Test
  void crossEntropyOfWideRows() {
    int rows = 3;
    int cols = 4416;
    for (int valid : new int[] {4416, 4403}) {
      for (int part = 0; part < 3; part++) {
        int kept = part;
        both(
            "cross-entropy " + part,
            part == 2 ? DataType.BFLOAT16 : DataType.FLOAT32,
            device -> crossEntropy(device, rows, cols, valid, kept));
      }
    }
  }

  private static Matrix crossEntropy(TestDevice device, int rows, int cols, int valid, int result) {
    Kernels kernels = device.kernels();
    Tensor logits = device.tensor(DataType.FLOAT32, Matrix.normal(rows, cols, 1));
    Tensor targets = device.ids(Matrix.ids(rows, cols, 2));
    Tensor max = device.zeros(DataType.FLOAT32, rows, 1);
    Tensor sums = device.zeros(DataType.FLOAT32, 2, rows);
    Tensor losses = device.zeros(DataType.FLOAT32, rows, 1);
    Tensor dLogits = device.zeros(DataType.BFLOAT16, rows, cols);
    kernels.rowMax(max, logits, valid);
    kernels.expSum(sums, logits, max, targets, 0, valid);
    kernels.crossEntropyBackward(dLogits, losses, logits, sums, targets, 0, 0.1f);
    return device.read(result == 0 ? sums : result == 1 ? losses : dLogits);
  }

  @Test
  void nothingToDoIsDoneWithoutALaunch() {
    Tensor none = gpu.zeros(DataType.FLOAT32, 0, 16);
    Tensor column = gpu.zeros(DataType.FLOAT32, 0, 1);
    Tensor gain = gpu.zeros(DataType.FLOAT32, 1, 16);
    Tensor dGain = gpu.tensor(DataType.FLOAT32, Matrix.normal(1, 16, 1));
    Tensor ids = gpu.zeros(DataType.INT32, 0, 1);
    Kernels kernels = gpu.kernels();
    kernels.add(none, none, none);
    kernels.copy(none, none);
    kernels.zero(none);
    kernels.rmsNorm(none, column, none, gain, EPS);
    kernels.rowMax(column, none, 3);
    kernels.embeddingBackward(gain, none, ids, 0);
    kernels.rmsNormBackward(
        none, dGain, none, none, column, gain, Accumulate.ADD, Accumulate.ASSIGN);
    assertArrayEquals(new double[16], gpu.read(dGain).data());
  }

  @Test
  void refusesTensorsThatDoNotFitEachOther() {
    Tensor x = gpu.zeros(DataType.FLOAT32, 3, 16);
    Tensor narrow = gpu.zeros(DataType.FLOAT32, 3, 15);
    Tensor bfloat16 = gpu.zeros(DataType.BFLOAT16, 3, 16);
    Tensor column = gpu.zeros(DataType.FLOAT32, 3, 1);
    Tensor table = gpu.zeros(DataType.FLOAT32, 2, 16);
    Kernels kernels = gpu.kernels();
    refused(() -> kernels.add(x, x, narrow));
    refused(() -> kernels.add(x, x, bfloat16));
    refused(() -> kernels.copy(narrow, x));
    refused(() -> kernels.swiglu(x, x));
    refused(() -> kernels.rmsNorm(x, column, x, x, EPS));
    refused(() -> kernels.rope(x, table, 16, 3, 0, false));
    refused(() -> kernels.embedding(x, table, column, 0));
    refused(() -> kernels.rowMax(column, x, 17));
    refused(() -> kernels.sumOfSquares(gpu.zeros(DataType.FLOAT64, 1, 2), x, 16));
  }

  private static void refused(Runnable call) {
    assertThrows(IllegalArgumentException.class, call::run);
  }
}
