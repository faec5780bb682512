package dev.troupe.kernels.cuda;

import static dev.troupe.kernels.cuda.Operands.address;

import dev.troupe.collectives.device.DataType;
import dev.troupe.collectives.device.cuda.CudaKernel;
import dev.troupe.collectives.device.cuda.CudaModule;
import dev.troupe.collectives.device.cuda.CudaStream;
import dev.troupe.tensor.Tensor;

/** Look-up of table rows by id, and its gradient. */
final class EmbeddingKernels {
  private static final int THREADS = 256;

  private final CudaStream stream;
  private final Temporaries temporaries;
  private final IdSort sort;
  private final TypedKernel forward;
  private final TypedKernel backward;

  EmbeddingKernels(CudaStream stream, CudaModule module, Temporaries temporaries) {
    this.stream = stream;
    this.temporaries = temporaries;
    this.sort = new IdSort(stream, module);
    this.forward = TypedKernel.of(module, "embedding");
    this.backward = TypedKernel.of(module, "embedding_backward");
  }

  void forward(Tensor y, Tensor table, Tensor ids, int first) {
    Operands.type("embedding", y.type(), table);
    check("embedding", y, table, ids);
    Extent extent =
        new Extent(y.rows(), y.cols(), Operands.width(y.type()), Operands.aligned(y, table));
    if (extent.empty()) {
      return;
    }
    CudaKernel kernel =
        forward
            .of(y.type())
            .pointer(address(y))
            .i32(y.stride())
            .pointer(address(table))
            .i32(table.stride())
            .i32(table.rows())
            .pointer(address(ids))
            .i32(ids.stride())
            .i32(first)
            .i32(y.rows())
            .i32(y.cols())
            .i32(extent.vectorFlag());
    extent.launch(kernel, stream);
  }

  /**
   * Rows of one id are brought together by a stable sort, then one block adds them in their order:
   * the same additions as one after the other over all rows.
   */
  void backward(Tensor dTable, Tensor dy, Tensor ids, int first) {
    Operands.type("embeddingBackward", DataType.FLOAT32, dTable);
    check("embeddingBackward", dy, dTable, ids);
    if (dy.elements() == 0 || dTable.rows() == 0) {
      return;
    }
    int n = dy.rows();
    int limit = dTable.rows();
    long memory = temporaries.take("embeddingBackward", CudaTemporaries.embeddingBackward(n));
    IdSort.Sorted sorted = sort.sort(ids, first, limit, memory);
    boolean vector = Operands.aligned(dTable, dy);
    int width = vector ? Operands.width(dy.type()) : 1;
    int work = (dy.cols() + width - 1) / width;
    int threads = Blocks.threads(work, THREADS);
    backward
        .of(dy.type())
        .pointer(address(dTable))
        .i32(dTable.stride())
        .pointer(address(dy))
        .i32(dy.stride())
        .pointer(sorted.keys())
        .pointer(sorted.rows())
        .i32(n)
        .i32(limit)
        .i32(dy.cols())
        .i32(vector ? 1 : 0)
        .launch(stream, n, (work + threads - 1) / threads, threads, 0);
  }

  private static void check(String kernel, Tensor rows, Tensor table, Tensor ids) {
    Operands.type(kernel, DataType.INT32, ids);
    Operands.shape(kernel, ids, rows.rows(), 1);
    Operands.shape(kernel, table, table.rows(), rows.cols());
  }
}
