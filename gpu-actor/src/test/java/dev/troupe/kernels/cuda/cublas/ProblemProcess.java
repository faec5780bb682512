package dev.troupe.kernels.cuda.cublas;

import dev.troupe.collectives.device.DataType;
import dev.troupe.collectives.device.cuda.CudaLibrary;
import dev.troupe.kernels.Layout;
import dev.troupe.kernels.cuda.RealLibraries;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** Describes products to NVIDIA's cuBLASLt in a process of its own. */
final class ProblemProcess {
  private ProblemProcess() {}

  /** Writes the version, a line a product, and what opening the library without a GPU says. */
  public static void main(String[] arguments) {
    RealLibraries.load(CudaLibrary.CUBLAS_LT);
    PrintStream out = new PrintStream(System.out, true, StandardCharsets.UTF_8);
    out.println("version " + CublasLt.version());
    Limits limits = new Limits(32L << 20, 124, true);
    for (Layout layout : Layout.values()) {
      for (DataType type : List.of(DataType.FLOAT32, DataType.BFLOAT16)) {
        int lda = layout.transposeA() ? 4096 : 1024;
        int ldb = layout.transposeB() ? 1024 : 512;
        Product product =
            new Product(
                layout, 4096, 512, 1024, lda, ldb, 512, 640, type, DataType.FLOAT32, true, 16);
        new Problem(product, limits).close();
        out.println("described " + product);
      }
    }
    try (CublasLt library = new CublasLt()) {
      out.println("opened " + library);
    } catch (CublasException e) {
      out.println("refused: " + e.getMessage());
    }
  }
}
