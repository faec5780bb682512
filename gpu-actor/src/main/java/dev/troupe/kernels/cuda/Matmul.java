package dev.troupe.kernels.cuda;

import dev.troupe.kernels.Accumulate;
import dev.troupe.kernels.Layout;
import dev.troupe.tensor.Tensor;

/**
 * Matrix products on a GPU's compute stream.
 *
 * <p>Temporary memory is the rank's one buffer, which the implementation gets when it is made. All
 * kernels share it: they run in the order of one stream, and none leaves anything there.
 */
public interface Matmul extends AutoCloseable {

  /** As {@link dev.troupe.kernels.Kernels#matmul}; returns when the product is in the stream. */
  void run(Tensor c, Tensor a, Tensor b, Layout layout, Accumulate accumulate);

  /** As {@link dev.troupe.kernels.Kernels#matmulAdd}. */
  void addTo(Tensor d, Tensor c, Tensor a, Tensor b, Layout layout);

  /** Bytes of temporary memory that a product takes at most. */
  long temporaryBytes();

  @Override
  void close();
}
