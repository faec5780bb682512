package dev.troupe.kernels.cuda;

import dev.troupe.collectives.device.cuda.CudaKernel;
import dev.troupe.collectives.device.cuda.CudaStream;
import dev.troupe.tensor.Tensor;
import java.util.Arrays;

/**
 * What a kernel that goes over elements goes over: the grid's x runs along rows, its y over them.
 *
 * @param rows number of rows
 * @param cols elements a row
 * @param width elements that a thread takes at once where {@code vector}
 * @param vector whether rows are aligned for that
 */
record Extent(int rows, long cols, int width, boolean vector) {
  private static final int THREADS = 256;
  private static final int MAX_GRID_X = 1 << 16;
  private static final int MAX_GRID_Y = 65_535;

  /** Tensors of one shape, of which there is one at least; dense ones are one long row. */
  static Extent of(int width, Tensor... tensors) {
    Tensor first = tensors[0];
    return Arrays.stream(tensors).allMatch(Tensor::dense)
        ? new Extent(1, first.elements(), width, Operands.alignedStarts(tensors))
        : new Extent(first.rows(), first.cols(), width, Operands.aligned(tensors));
  }

  /** Whether there is nothing to go over: such a grid must not be launched. */
  boolean empty() {
    return rows == 0 || cols == 0;
  }

  /** The flag that kernels take as their last parameter. */
  int vectorFlag() {
    return vector ? 1 : 0;
  }

  /** Launches a kernel whose parameters are set, a thread for each pack or element. */
  void launch(CudaKernel kernel, CudaStream stream) {
    long work = vector ? (cols + width - 1) / width : cols;
    int threads = Blocks.threads(work, THREADS);
    int gridX = (int) Math.min((work + threads - 1) / threads, MAX_GRID_X);
    kernel.launch(stream, gridX, Math.min(rows, MAX_GRID_Y), threads, 0);
  }
}
