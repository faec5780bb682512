package dev.troupe.kernels;

import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.troupe.collectives.device.DataType;
import dev.troupe.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

class MatmulTest {
  private final TestDevice device = TestDevice.cpu(2);

  @AfterEach
  void close() {
    device.close();
  }

  record Product(Layout layout, int m, int n, int k, DataType in, DataType out) {}

  static List<Product> products() {
    int[][] sizes = {
      {1, 1, 1},
      {1, 13, 3},
      {3, 17, 16},
      {13, 1, 207},
      {16, 16, 16},
      {17, 207, 13},
      {207, 3, 17},
      {300, 170, 65},
      {64, 520, 130}
    };
    List<Product> products = new ArrayList<>();
    for (Layout layout : Layout.values()) {
      for (int[] size : sizes) {
        int m = size[0];
        int n = size[1];
        int k = size[2];
        products.add(new Product(layout, m, n, k, DataType.FLOAT32, DataType.FLOAT32));
        products.add(new Product(layout, m, n, k, DataType.BFLOAT16, DataType.FLOAT32));
        products.add(new Product(layout, m, n, k, DataType.BFLOAT16, DataType.BFLOAT16));
      }
    }
    return products;
  }

  private Matrix left(Product p) {
    return p.layout().transposeA()
        ? Matrix.normal(p.k(), p.m(), 1)
        : Matrix.normal(p.m(), p.k(), 1);
  }

  private Matrix right(Product p) {
    return p.layout().transposeB()
        ? Matrix.normal(p.n(), p.k(), 2)
        : Matrix.normal(p.k(), p.n(), 2);
  }

  @ParameterizedTest
  @MethodSource("products")
  void assignsAndAddsTheProductOfDenseMatrices(Product p) {
    Tensor a = device.tensor(p.in(), left(p));
    Tensor b = device.tensor(p.in(), right(p));
    Matrix before = Matrix.normal(p.m(), p.n(), 3);
    Tensor c = device.tensor(p.out(), before);
    Matrix expected = Reference.matmul(device.read(a), device.read(b), p.layout());

    device.kernels().matmul(c, a, b, p.layout(), Accumulate.ASSIGN);
    Close.check("assigned", expected, device.read(c), p.out());

    device.write(c, before);
    Matrix sum = device.read(c).plus(expected);
    device.kernels().matmul(c, a, b, p.layout(), Accumulate.ADD);
    Close.check("added", sum, device.read(c), p.out());
  }

  @ParameterizedTest
  @MethodSource("products")
  void readsAndWritesColumnsOfLargerMatrices(Product p) {
    Framed a = Framed.of(device, p.in(), left(p));
    Framed b = Framed.of(device, p.in(), right(p));
    Framed c = Framed.of(device, p.out(), Matrix.zeros(p.m(), p.n()));
    Matrix expected = Reference.matmul(device.read(a.view()), device.read(b.view()), p.layout());
    device.kernels().matmul(c.view(), a.view(), b.view(), p.layout(), Accumulate.ASSIGN);
    Close.check("strided", expected, device.read(c.view()), p.out());
    c.assertFrameIsWhole(device);
  }

  @ParameterizedTest
  @CsvSource({"NN,4,5,6,5", "NT,4,5,5,7", "TN,4,5,6,7"})
  void refusesShapesThatDoNotFit(Layout layout, int ar, int ac, int br, int bc) {
    Tensor a = device.zeros(DataType.FLOAT32, ar, ac);
    Tensor b = device.zeros(DataType.FLOAT32, br, bc);
    Tensor c = device.zeros(DataType.FLOAT32, 4, 5);
    assertThrows(
        IllegalArgumentException.class,
        () -> device.kernels().matmul(c, a, b, layout, Accumulate.ASSIGN));
  }

  @Test
  void refusesOperandsOfTwoTypes() {
    Tensor a = device.zeros(DataType.FLOAT32, 2, 2);
    Tensor b = device.zeros(DataType.BFLOAT16, 2, 2);
    assertThrows(
        IllegalArgumentException.class,
        () -> device.kernels().matmul(a, a, b, Layout.NN, Accumulate.ASSIGN));
  }
}
