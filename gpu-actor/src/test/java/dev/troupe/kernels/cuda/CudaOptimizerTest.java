package dev.troupe.kernels.cuda;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;

import dev.troupe.collectives.device.DataType;
import dev.troupe.kernels.AdamRange;
import dev.troupe.kernels.AdamStep;
import dev.troupe.kernels.Matrix;
import dev.troupe.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** AdamW and the gradient norm: the same bits however ranges are cut and wherever they lie. */
class CudaOptimizerTest extends BothDevices {
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
}
