package dev.troupe.kernels.cuda;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.troupe.collectives.device.DataType;
import dev.troupe.kernels.Accumulate;
import dev.troupe.kernels.Close;
import dev.troupe.kernels.Framed;
import dev.troupe.kernels.Layout;
import dev.troupe.kernels.Matrix;
import dev.troupe.kernels.TestDevice;
import dev.troupe.kernels.cuda.cublas.Choice;
import dev.troupe.kernels.cuda.cublas.CublasException;
import dev.troupe.tensor.Tensor;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Products of the emulated cuBLASLt against those of the CPU. */
class CublasLtMatmulTest {
  private static final Choice FIRST = new Choice(false, Optional.empty());

  private static GpuMirror gpu;

  private final TestDevice cpu = TestDevice.cpu(2);

  @BeforeAll
  static void open() {
    gpu = GpuMirror.open();
  }

  @AfterAll
  static void shut() {
    if (gpu != null) {
      gpu.close();
    }
  }

  @AfterEach
  void close() {
    gpu.reset();
    cpu.close();
  }

  private CublasLtMatmul matmul(Choice choice) {
    return new CublasLtMatmul(gpu.device(), gpu.temporary(), 0, true, choice);
  }

  private static Matrix left(Layout layout, int m, int k) {
    return layout.transposeA() ? Matrix.normal(k, m, 1) : Matrix.normal(m, k, 1);
  }

  private static Matrix right(Layout layout, int n, int k) {
    return layout.transposeB() ? Matrix.normal(n, k, 2) : Matrix.normal(k, n, 2);
  }

  record Types(DataType in, DataType out) {}

  static List<Types> types() {
    return List.of(
        new Types(DataType.FLOAT32, DataType.FLOAT32),
        new Types(DataType.BFLOAT16, DataType.FLOAT32),
        new Types(DataType.BFLOAT16, DataType.BFLOAT16));
  }

  record Case(Layout layout, Accumulate accumulate, Types types, int m, int n, int k) {}

  static List<Case> cases() {
    int[][] sizes = {{1, 1, 1}, {1, 13, 3}, {13, 1, 207}, {17, 207, 13}, {64, 48, 130}};
    List<Case> cases = new ArrayList<>();
    for (Layout layout : Layout.values()) {
      for (Accumulate accumulate : Accumulate.values()) {
        for (Types types : types()) {
          for (int[] s : sizes) {
            cases.add(new Case(layout, accumulate, types, s[0], s[1], s[2]));
          }
        }
      }
    }
    return cases;
  }

  @ParameterizedTest
  @MethodSource("cases")
  void shouldComputeWhatTheCpuDoesAndWriteNothingBesideIt(Case test) {
    Framed a = Framed.of(cpu, test.types().in(), left(test.layout(), test.m(), test.k()));
    Framed b = Framed.of(cpu, test.types().in(), right(test.layout(), test.n(), test.k()));
    Framed c = Framed.of(cpu, test.types().out(), Matrix.normal(test.m(), test.n(), 3));
    Tensor copyOfC = gpu.up(c.view());
    cpu.kernels().matmul(c.view(), a.view(), b.view(), test.layout(), test.accumulate());
    Matrix expected = cpu.read(c.view());

    try (CublasLtMatmul matmul = matmul(FIRST)) {
      matmul.run(copyOfC, gpu.up(a.view()), gpu.up(b.view()), test.layout(), test.accumulate());
    }

    gpu.down(copyOfC, c.view());
    Close.check("product", expected, cpu.read(c.view()), test.types().out());
    c.assertFrameIsWhole(cpu);
  }

  @ParameterizedTest
  @MethodSource("types")
  void shouldAddAResidualOfAnotherStrideToAProduct(Types types) {
    Tensor a = cpu.tensor(types.in(), left(Layout.NT, 13, 37));
    Tensor b = cpu.tensor(types.in(), right(Layout.NT, 24, 37));
    Framed residual = Framed.of(cpu, types.out(), Matrix.normal(13, 24, 3));
    Tensor result = cpu.zeros(types.out(), 13, 24);
    Tensor d = gpu.up(result);
    Tensor c = gpu.up(residual.view());
    Matrix before = cpu.read(residual.view());

    try (CublasLtMatmul matmul = matmul(FIRST)) {
      matmul.addTo(d, c, gpu.up(a), gpu.up(b), Layout.NT);
    }

    gpu.down(d, result);
    Matrix sum = cpu.read(result);
    gpu.down(c, residual.view());
    assertArrayEquals(before.data(), cpu.read(residual.view()).data());
    cpu.kernels().matmul(residual.view(), a, b, Layout.NT, Accumulate.ADD);
    Close.check("sum", cpu.read(residual.view()), sum, types.out());
  }

  @ParameterizedTest
  @CsvSource({"ASSIGN,true", "ADD,true", "ASSIGN,false", "ADD,false"})
  void shouldGiveTheSameResultWhereItMeasuresFirst(Accumulate accumulate, boolean deterministic) {
    Tensor a = cpu.tensor(DataType.BFLOAT16, left(Layout.TN, 33, 40));
    Tensor b = cpu.tensor(DataType.BFLOAT16, right(Layout.TN, 50, 40));
    Framed c = Framed.of(cpu, DataType.FLOAT32, Matrix.normal(33, 50, 3));
    Tensor first = gpu.up(c.view());
    Tensor measured = gpu.up(c.view());
    Tensor copyOfA = gpu.up(a);
    Tensor copyOfB = gpu.up(b);

    try (CublasLtMatmul plain = matmul(FIRST);
        CublasLtMatmul tuned =
            new CublasLtMatmul(
                gpu.device(),
                gpu.temporary(),
                2,
                deterministic,
                new Choice(true, Optional.empty()))) {
      plain.run(first, copyOfA, copyOfB, Layout.TN, accumulate);
      tuned.run(measured, copyOfA, copyOfB, Layout.TN, accumulate);
    }

    gpu.down(first, c.view());
    Matrix expected = cpu.read(c.view());
    gpu.down(measured, c.view());
    Close.check("measured", expected, cpu.read(c.view()), DataType.FLOAT32);
    c.assertFrameIsWhole(cpu);
  }

  @Test
  void shouldTakeAMeasuredAlgorithmFromItsFileWithoutMeasuringAgain(@TempDir Path folder)
      throws IOException {
    Choice choice = new Choice(true, Optional.of(folder));
    Tensor a = gpu.up(cpu.tensor(DataType.FLOAT32, Matrix.normal(8, 16, 1)));
    Tensor b = gpu.up(cpu.tensor(DataType.FLOAT32, Matrix.normal(16, 12, 2)));
    Tensor c = gpu.up(cpu.zeros(DataType.FLOAT32, 8, 12));
    try (CublasLtMatmul matmul = matmul(choice)) {
      matmul.run(c, a, b, Layout.NN, Accumulate.ASSIGN);
    }
    Path file = onlyFile(folder);
    String kept = Files.readString(file);

    // With no heuristics to be had, only the file can have said what to run.
    gpu.fail("cublasLtMatmulAlgoGetHeuristic", 1, 15);
    try (CublasLtMatmul matmul = matmul(choice)) {
      matmul.run(c, a, b, Layout.NN, Accumulate.ASSIGN);
    }
    assertEquals(kept, Files.readString(file));
  }

  static List<String> damage() {
    return List.of("", "troupe gemm 1\n", "short", "zeros", "other", "\0\0\0");
  }

  @ParameterizedTest
  @MethodSource("damage")
  void shouldMeasureAgainWhereAFileIsDamagedOrForeign(String damage, @TempDir Path folder)
      throws IOException {
    Choice choice = new Choice(true, Optional.of(folder));
    Tensor a = cpu.tensor(DataType.FLOAT32, Matrix.normal(8, 16, 1));
    Tensor b = cpu.tensor(DataType.FLOAT32, Matrix.normal(16, 12, 2));
    Tensor c = cpu.zeros(DataType.FLOAT32, 8, 12);
    Tensor copyOfA = gpu.up(a);
    Tensor copyOfB = gpu.up(b);
    Tensor copyOfC = gpu.up(c);
    try (CublasLtMatmul matmul = matmul(choice)) {
      matmul.run(copyOfC, copyOfA, copyOfB, Layout.NN, Accumulate.ASSIGN);
    }
    Path file = onlyFile(folder);
    String kept = Files.readString(file);
    String hex = kept.split("\n", -1)[2];
    Files.writeString(
        file,
        switch (damage) {
          case "short" -> kept.replace(hex, hex.substring(2));
          case "zeros" -> kept.replace(hex, "0".repeat(hex.length()));
          case "other" -> kept.replace("m=8", "m=9");
          default -> damage;
        });

    try (CublasLtMatmul matmul = matmul(choice)) {
      matmul.run(copyOfC, copyOfA, copyOfB, Layout.NN, Accumulate.ADD);
      matmul.run(copyOfC, copyOfA, copyOfB, Layout.NN, Accumulate.ASSIGN);
    }

    gpu.down(copyOfC, c);
    Matrix computed = cpu.read(c);
    cpu.kernels().matmul(c, a, b, Layout.NN, Accumulate.ASSIGN);
    Close.check("product", cpu.read(c), computed, DataType.FLOAT32);
    List<String> lines = Files.readAllLines(file);
    assertEquals(kept.split("\n", -1)[1], lines.get(1));
    assertTrue(lines.get(2).matches("[0-9a-f]{128}") && !lines.get(2).matches("0+"));
  }

  @Test
  void shouldNameTheProductThatTheLibraryRefuses() {
    Tensor a = gpu.up(cpu.zeros(DataType.FLOAT32, 8, 16));
    Tensor b = gpu.up(cpu.zeros(DataType.FLOAT32, 16, 12));
    Tensor c = gpu.up(cpu.zeros(DataType.FLOAT32, 8, 12));
    try (CublasLtMatmul matmul = matmul(FIRST)) {
      gpu.fail("cublasLtMatmul", 1, 13);
      var refused =
          assertThrows(
              CublasException.class, () -> matmul.run(c, a, b, Layout.NN, Accumulate.ASSIGN));
      assertEquals(
          "matmul NN m=8 n=12 k=16 lda=16 ldb=12 ldc=12 ldd=12 FLOAT32>FLOAT32 beta=0 align=256:"
              + " EXECUTION_FAILED",
          refused.getMessage());
    }
  }

  @Test
  void shouldRefuseTypesAndSizesThatDoNotGoTogether() {
    Tensor bf16 = gpu.up(cpu.zeros(DataType.BFLOAT16, 4, 4));
    Tensor f32 = gpu.up(cpu.zeros(DataType.FLOAT32, 4, 4));
    Tensor f64 = gpu.up(cpu.zeros(DataType.FLOAT64, 4, 4));
    Tensor wide = gpu.up(cpu.zeros(DataType.FLOAT32, 4, 5));
    try (CublasLtMatmul matmul = matmul(FIRST)) {
      for (Tensor[] t :
          new Tensor[][] {{bf16, f32, f32}, {f32, f32, bf16}, {f64, f64, f64}, {wide, f32, f32}}) {
        assertThrows(
            IllegalArgumentException.class,
            () -> matmul.run(t[0], t[1], t[2], Layout.NN, Accumulate.ASSIGN));
      }
      assertThrows(
          IllegalArgumentException.class, () -> matmul.addTo(f32, bf16, f32, f32, Layout.NN));
    }
  }

  private static Path onlyFile(Path folder) throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      List<Path> all = files.toList();
      assertEquals(1, all.size(), all.toString());
      return all.getFirst();
    }
  }
}
