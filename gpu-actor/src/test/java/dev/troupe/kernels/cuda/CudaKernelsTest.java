package dev.troupe.kernels.cuda;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.troupe.collectives.device.DataType;
import dev.troupe.kernels.Accumulate;
import dev.troupe.kernels.AdamRange;
import dev.troupe.kernels.AdamStep;
import dev.troupe.kernels.Close;
import dev.troupe.kernels.Kernels;
import dev.troupe.kernels.Matrix;
import dev.troupe.kernels.TestDevice;
import dev.troupe.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * What the sizes of the reference tests do not reach: packs of 16 bytes, rows longer than a block's
 * registers, sorts of several tiles and passes; and results that must have the CPU's very bits, or
 * the same bits wherever they lie in memory.
 */
class CudaKernelsTest {
  private static final float EPS = 1e-3f;

  private final TestDevice cpu = TestDevice.cpu(1);
  private final TestDevice gpu = TestDevice.emulatedGpu();

  @AfterEach
  void close() {
    gpu.close();
    cpu.close();
  }

  /** Runs the same on both devices and compares with the tolerance of a type, or bit by bit. */
  private void both(String what, DataType type, Function<TestDevice, Matrix> work) {
    Close.check(what, work.apply(cpu), work.apply(gpu), type);
  }

  private void sameBits(Function<TestDevice, Matrix> work) {
    assertArrayEquals(work.apply(cpu).data(), work.apply(gpu).data());
  }

  /** A view of values whose rows start {@code shift} elements into rows of a larger matrix. */
  private static Tensor shifted(TestDevice device, DataType type, Matrix values, int shift) {
    Tensor whole = device.zeros(type, values.rows(), values.cols() + 8 + shift);
    Tensor view = whole.cols(shift, values.cols());
    device.write(view, values);
    return view;
  }

  @ParameterizedTest
  @CsvSource({
    "FLOAT32,3,64", "FLOAT32,2,4100", "FLOAT32,2,1031",
    "BFLOAT16,3,64", "BFLOAT16,2,8200", "BFLOAT16,2,1031", "BFLOAT16,300,16"
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

  @ParameterizedTest
  @CsvSource({"FLOAT32,1000", "BFLOAT16,1000", "BFLOAT16,1003", "FLOAT32,5"})
  void adamwHasTheBitsOfTheCpuWhereverItsTensorsLie(DataType type, int elements) {
    for (int shift : new int[] {0, 1}) {
      sameBits(
          device -> {
            Tensor[] state = new Tensor[4];
            for (int i = 0; i < state.length; i++) {
              Matrix values = Matrix.normal(1, elements, i).map(v -> Math.abs(v) * 0.1);
              state[i] = shifted(device, DataType.FLOAT32, values, shift);
            }
            Tensor value = shifted(device, type, Matrix.zeros(1, elements), 0);
            AdamStep step = new AdamStep(0.02, 0.9, 0.95, 1e-8, 0.1, 0.7, 3);
            device.kernels().adamw(value, state[0], state[1], state[2], state[3], step);
            Matrix all = device.read(value);
            for (Tensor t : state) {
              all = all.plus(device.read(t));
            }
            return all;
          });
    }
  }

  @ParameterizedTest
  @EnumSource(
      value = DataType.class,
      names = {"FLOAT32", "BFLOAT16"})
  void adamwOfManyRangesHasTheBitsOfOneAtATime(DataType type) {
    int[] sizes = {5, 8192, 1, 8193, 20_000, 1024};
    sameBits(
        device -> {
          Tensor weights = device.tensor(DataType.FLOAT32, Matrix.normal(1, 60_000, 1));
          Tensor expAvg = device.zeros(DataType.FLOAT32, 1, 60_000);
          Tensor expAvgSq = device.zeros(DataType.FLOAT32, 1, 60_000);
          Tensor grad = device.tensor(DataType.FLOAT32, Matrix.normal(1, 60_000, 2));
          Tensor values = device.zeros(type, 1, 60_000);
          List<AdamRange> ranges = new ArrayList<>();
          int from = 0;
          for (int size : sizes) {
            Tensor master = weights.cols(from, size);
            ranges.add(
                new AdamRange(
                    type == DataType.FLOAT32 ? master : values.cols(from, size),
                    master,
                    expAvg.cols(from, size),
                    expAvgSq.cols(from, size),
                    grad.cols(from, size),
                    size % 2 == 0 ? 0.1 : 0));
            from += size + 7;
          }
          AdamStep step = new AdamStep(0.02, 0.9, 0.95, 1e-8, 0, 0.7, 3);
          device.kernels().adamw(ranges, step);
          device.kernels().adamw(ranges, step);
          return device.read(values).plus(device.read(weights)).plus(device.read(expAvgSq));
        });
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 4, 1000, 1024, 3333})
  void sumsOfSquaresDoNotDependOnAlignment(int blockSize) {
    Matrix values = Matrix.normal(1, 5003, 1);
    Matrix[] sums = new Matrix[2];
    for (int shift = 0; shift < 2; shift++) {
      Tensor x = shifted(gpu, DataType.FLOAT32, values, shift);
      Tensor blocks = gpu.zeros(DataType.FLOAT64, 1, (5003 + blockSize - 1) / blockSize);
      gpu.kernels().sumOfSquares(blocks, x, blockSize);
      sums[shift] = gpu.read(blocks);
    }
    assertArrayEquals(sums[0].data(), sums[1].data());
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

  private static Matrix crossEntropy(
      TestDevice device, int rows, int cols, int valid, int result) {
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
