package dev.troupe.kernels;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;

import dev.troupe.collectives.device.DataType;
import dev.troupe.tensor.Tensor;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class EmbeddingKernelTest {
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
    "FLOAT32,1,1,0",
    "FLOAT32,13,3,0",
    "FLOAT32,207,17,5",
    "FLOAT32,300,130,9",
    "BFLOAT16,13,3,0",
    "BFLOAT16,207,17,5"
  })
  void looksUpOwnRowsAndGivesZeroForOthers(DataType type, int rows, int cols, int first) {
    Tensor table = device.tensor(type, Matrix.normal(11, cols, 1));
    Tensor ids = device.ids(Matrix.ids(rows, 25, 2));
    Framed y = Framed.of(device, type, Matrix.normal(rows, cols, 3));
    device.kernels().embedding(y.view(), table, ids, first);
    Matrix expected = Reference.embedding(device.read(table), device.read(ids), first);
    assertArrayEquals(expected.data(), device.read(y.view()).data());
    y.assertFrameIsWhole(device);
  }

  @ParameterizedTest
  @CsvSource({
    "FLOAT32,1,1,0",
    "FLOAT32,13,3,0",
    "FLOAT32,207,17,5",
    "FLOAT32,300,130,9",
    "BFLOAT16,13,3,0",
    "BFLOAT16,207,17,5"
  })
  void addsGradientsOfRepeatedIdsAndSkipsOthers(DataType type, int rows, int cols, int first) {
    Tensor dTable = device.tensor(DataType.FLOAT32, Matrix.normal(11, cols, 1));
    Tensor ids = device.ids(Matrix.ids(rows, 25, 2));
    Tensor dy = device.tensor(type, Matrix.normal(rows, cols, 3));
    Matrix expected = device.read(dTable);
    Reference.embeddingBackward(expected, device.read(dy), device.read(ids), first);
    device.kernels().embeddingBackward(dTable, dy, ids, first);
    Close.check("table's gradient", expected, device.read(dTable), DataType.FLOAT32);
  }
}
