package dev.troupe.kernels;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;

import dev.troupe.collectives.device.Bfloat16;
import dev.troupe.collectives.device.DataType;
import dev.troupe.tensor.Tensor;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class OptimizerKernelsTest {
  private static final int STEPS = 5;

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
  @CsvSource({"1,16", "15,16", "16,16", "207,16", "4098,1024", "70000,1024"})
  void sumsSquaresOfBlocks(int elements, int blockSize) {
    Tensor x = device.tensor(DataType.FLOAT32, Matrix.normal(1, elements, 1));
    int count = (elements + blockSize - 1) / blockSize;
    Tensor blocks = device.zeros(DataType.FLOAT64, 1, count);
    device.kernels().sumOfSquares(blocks, x, blockSize);
    Matrix values = device.read(x);
    Matrix expected = Matrix.zeros(1, count);
    for (int i = 0; i < elements; i++) {
      expected.add(0, i / blockSize, values.at(0, i) * values.at(0, i));
    }
    Close.check("blocks", expected, device.read(blocks), 1e-6);
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 13, 16, 207, 8192, 20001})
  void adamwFollowsTheReferenceWhereMastersAreTheValues(int elements) {
    adamw(elements, DataType.FLOAT32, true);
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 13, 207, 20001})
  void adamwWritesItsValuesToATensorOfTheirOwn(int elements) {
    adamw(elements, DataType.BFLOAT16, false);
    adamw(elements, DataType.FLOAT32, false);
  }

  private void adamw(int elements, DataType type, boolean inPlace) {
    Tensor master = device.tensor(DataType.FLOAT32, Matrix.normal(1, elements, 1));
    Tensor value = inPlace ? master : device.zeros(type, 1, elements);
    Tensor expAvg = device.zeros(DataType.FLOAT32, 1, elements);
    Tensor expAvgSq = device.zeros(DataType.FLOAT32, 1, elements);
    ReferenceAdamW reference = ReferenceAdamW.start(device.read(master));
    for (int t = 1; t <= STEPS; t++) {
      Tensor grad = device.tensor(DataType.FLOAT32, Matrix.normal(1, elements, 10 + t));
      AdamStep step = new AdamStep(0.02 / t, 0.9, 0.95, 1e-3, 0.1, 0.7, t);
      reference.step(device.read(grad), step);
      device.kernels().adamw(value, master, expAvg, expAvgSq, grad, step);
    }
    Close.check("weights", reference.weight(), device.read(master), DataType.FLOAT32);
    Close.check("first moments", reference.expAvg(), device.read(expAvg), DataType.FLOAT32);
    Close.check("second moments", reference.expAvgSq(), device.read(expAvgSq), DataType.FLOAT32);
    Matrix rounded = device.read(master);
    if (type == DataType.BFLOAT16) {
      rounded = rounded.map(v -> Bfloat16.toFloat(Bfloat16.fromFloat((float) v)));
    }
    assertArrayEquals(rounded.data(), device.read(value).data());
  }
}
