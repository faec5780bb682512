package dev.troupe.kernels.cuda;

import dev.troupe.collectives.device.cuda.CudaBuffer;
import dev.troupe.collectives.device.cuda.CudaDevice;
import dev.troupe.collectives.device.cuda.GpuInfo;
import dev.troupe.kernels.Accumulate;
import dev.troupe.kernels.Layout;
import dev.troupe.kernels.cuda.cublas.Addresses;
import dev.troupe.kernels.cuda.cublas.Choice;
import dev.troupe.kernels.cuda.cublas.Limits;
import dev.troupe.kernels.cuda.cublas.Product;
import dev.troupe.kernels.cuda.cublas.Products;
import dev.troupe.tensor.Tensor;

/**
 * Matrix products by cuBLASLt on the device's compute stream. Sums are float32; float32 operands
 * are not cut to TF32.
 *
 * <p>A product of new shape, strides, types or alignment is prepared when it first comes. Where
 * that includes a measurement, C of an ADD is saved to the host and put back: results are the same
 * as without, up to the order of sums. After that a call allocates nothing that outlives it.
 */
public final class CublasLtMatmul implements Matmul {
  /** Bytes of temporary memory on the GPUs where products take most, from sm_90 on. */
  public static final long MOST_TEMPORARY_BYTES = 32L << 20;

  private static final int HOPPER = 90;
  private static final long AMPERE_BYTES = 8L << 20;

  private final CudaDevice device;
  private final Products products;
  private final long temporaryBytes;

  /**
   * Opens cuBLASLt, which must be loaded.
   *
   * @param temporary of {@link #temporaryBytes(GpuInfo)} at least
   * @param multiprocessors how many a product uses; 0: all
   * @param deterministic forbids splitting the contracted size
   */
  public CublasLtMatmul(
      CudaDevice device,
      CudaBuffer temporary,
      int multiprocessors,
      boolean deterministic,
      Choice choice) {
    temporaryBytes = temporaryBytes(device.info());
    if (temporary.bytes() < temporaryBytes) {
      throw new IllegalArgumentException(
          temporary.bytes() + " bytes of temporary memory; " + temporaryBytes + " are needed");
    }
    this.device = device;
    products =
        new Products(
            device,
            device.compute(),
            temporary,
            new Limits(temporaryBytes, multiprocessors, deterministic),
            choice);
  }

  /** Bytes of temporary memory that products take on a GPU. */
  public static long temporaryBytes(GpuInfo gpu) {
    return gpu.architecture() >= HOPPER ? MOST_TEMPORARY_BYTES : AMPERE_BYTES;
  }

  @Override
  public long temporaryBytes() {
    return temporaryBytes;
  }

  @Override
  public void run(Tensor c, Tensor a, Tensor b, Layout layout, Accumulate accumulate) {
    product(c, c, a, b, layout, accumulate == Accumulate.ADD);
  }

  /**
   * D = C + op(A) op(B), rounded once: a residual that is added as the product is written.
   *
   * @param d may be c
   * @param c of the type and size of d
   */
  @Override
  public void addTo(Tensor d, Tensor c, Tensor a, Tensor b, Layout layout) {
    if (c.rows() != d.rows() || c.cols() != d.cols() || c.type() != d.type()) {
      throw new IllegalArgumentException(
          "matmul: C is %d x %d of %s, D %d x %d of %s"
              .formatted(c.rows(), c.cols(), c.type(), d.rows(), d.cols(), d.type()));
    }
    product(d, c, a, b, layout, true);
  }

  private void product(Tensor d, Tensor c, Tensor a, Tensor b, Layout layout, boolean accumulate) {
    int k = layout.transposeA() ? a.rows() : a.cols();
    check(d, a, b, layout, k);
    if (d.rows() == 0 || d.cols() == 0) {
      return;
    }
    Addresses at = new Addresses(address(a), address(b), address(c), address(d));
    Product product =
        new Product(
            layout,
            d.rows(),
            d.cols(),
            k,
            a.stride(),
            b.stride(),
            c.stride(),
            d.stride(),
            a.type(),
            d.type(),
            accumulate,
            Product.alignment(at.a(), at.b(), at.c(), at.d()));
    boolean inPlace = accumulate && at.c() == at.d();
    products.run(product, at, () -> inPlace ? SavedTensor.of(device, d) : () -> {});
  }

  private static void check(Tensor d, Tensor a, Tensor b, Layout layout, int k) {
    int am = layout.transposeA() ? a.cols() : a.rows();
    int bk = layout.transposeB() ? b.cols() : b.rows();
    int bn = layout.transposeB() ? b.rows() : b.cols();
    if (am != d.rows() || bn != d.cols() || bk != k || a.type() != b.type()) {
      throw new IllegalArgumentException(
          "matmul %s: C %d x %d, A %d x %d %s, B %d x %d %s"
              .formatted(
                  layout, d.rows(), d.cols(), a.rows(), a.cols(), a.type(), b.rows(), b.cols(),
                  b.type()));
    }
  }

  private static long address(Tensor t) {
    return t.buffer().address() + t.offset();
  }

  @Override
  public void close() {
    products.close();
  }
}
