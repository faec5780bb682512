package dev.troupe.kernels.cpu;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_FLOAT;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import dev.troupe.collectives.device.DataType;
import dev.troupe.proto.error.TroupeException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.invoke.MethodHandle;

/**
 * The part of oneDNN's C API (version 3) that a matrix product needs, through java.lang.foreign.
 * One instance a process; the library stays loaded.
 */
final class Onednn {
  static final int ARG_SRC = 1;
  static final int ARG_DST = 17;
  static final int ARG_WEIGHTS = 33;
  private static final int TYPE_BF16 = 2;
  private static final int TYPE_F32 = 3;
  private static final int ENGINE_CPU = 1;
  private static final int STREAM_IN_ORDER = 1;
  private static final int MAX_DIMS = 12;

  private final Arena arena = Arena.global();
  private final SymbolLookup library;
  private final SymbolLookup openMp;
  private final MethodHandle descriptorCreate;
  private final MethodHandle descriptorDestroy;
  private final MethodHandle primitiveDestroy;
  private final MethodHandle memoryDestroy;
  private final MethodHandle attributesDestroy;
  private final MethodHandle postOpsDestroy;
  private final MethodHandle matmulCreate;
  private final MethodHandle matmulDescriptorDestroy;
  private final MethodHandle primitiveCreate;
  private final MethodHandle memoryCreate;
  private final MethodHandle attributesCreate;
  private final MethodHandle postOpsCreate;
  private final MethodHandle postOpsSum;
  private final MethodHandle attributesSetPostOps;
  private final MethodHandle streamCreate;
  private final MethodHandle streamDestroy;
  private final MethodHandle ompSetThreads;
  private final MethodHandle sgemm;
  final MethodHandle memorySetData;
  final MethodHandle execute;
  private final MemorySegment engine;

  private static final class Holder {
    static final Onednn INSTANCE = new Onednn();
  }

  /** The loaded library. */
  static Onednn get() {
    return Holder.INSTANCE;
  }

  private Onednn() {
    String folder = "org/bytedeco/dnnl/" + NativeLibrary.platform();
    openMp = SymbolLookup.libraryLookup(NativeLibrary.unpack(folder, "libgomp.so.1"), arena);
    library = SymbolLookup.libraryLookup(NativeLibrary.unpack(folder, "libdnnl.so.3"), arena);
    descriptorCreate =
        status(
            "dnnl_memory_desc_create_with_strides", ADDRESS, JAVA_INT, ADDRESS, JAVA_INT, ADDRESS);
    descriptorDestroy = status("dnnl_memory_desc_destroy", ADDRESS);
    primitiveDestroy = status("dnnl_primitive_destroy", ADDRESS);
    memoryDestroy = status("dnnl_memory_destroy", ADDRESS);
    attributesDestroy = status("dnnl_primitive_attr_destroy", ADDRESS);
    postOpsDestroy = status("dnnl_post_ops_destroy", ADDRESS);
    matmulCreate =
        status(
            "dnnl_matmul_primitive_desc_create",
            ADDRESS,
            ADDRESS,
            ADDRESS,
            ADDRESS,
            ADDRESS,
            ADDRESS,
            ADDRESS);
    matmulDescriptorDestroy = status("dnnl_primitive_desc_destroy", ADDRESS);
    primitiveCreate = status("dnnl_primitive_create", ADDRESS, ADDRESS);
    memoryCreate = status("dnnl_memory_create", ADDRESS, ADDRESS, ADDRESS, ADDRESS);
    sgemm =
        status(
            "dnnl_sgemm",
            JAVA_BYTE,
            JAVA_BYTE,
            JAVA_LONG,
            JAVA_LONG,
            JAVA_LONG,
            JAVA_FLOAT,
            ADDRESS,
            JAVA_LONG,
            ADDRESS,
            JAVA_LONG,
            JAVA_FLOAT,
            ADDRESS,
            JAVA_LONG);
    memorySetData = status("dnnl_memory_set_data_handle", ADDRESS, ADDRESS);
    execute = status("dnnl_primitive_execute", ADDRESS, ADDRESS, JAVA_INT, ADDRESS);
    attributesCreate = status("dnnl_primitive_attr_create", ADDRESS);
    postOpsCreate = status("dnnl_post_ops_create", ADDRESS);
    postOpsSum = status("dnnl_post_ops_append_sum", ADDRESS, JAVA_FLOAT, JAVA_INT, JAVA_INT);
    attributesSetPostOps = status("dnnl_primitive_attr_set_post_ops", ADDRESS, ADDRESS);
    streamDestroy = status("dnnl_stream_destroy", ADDRESS);
    streamCreate = status("dnnl_stream_create", ADDRESS, ADDRESS, JAVA_INT);
    ompSetThreads =
        Linker.nativeLinker()
            .downcallHandle(
                openMp.find("omp_set_num_threads").orElseThrow(),
                FunctionDescriptor.ofVoid(JAVA_INT));
    MethodHandle engineCreate = status("dnnl_engine_create", ADDRESS, JAVA_INT, JAVA_LONG);
    engine = created("engine", out -> (int) engineCreate.invokeExact(out, ENGINE_CPU, 0L));
  }

  private MethodHandle status(String function, MemoryLayout... arguments) {
    MemorySegment symbol =
        library
            .find(function)
            .orElseThrow(() -> TroupeException.resource("oneDNN lacks " + function));
    return Linker.nativeLinker().downcallHandle(symbol, FunctionDescriptor.of(JAVA_INT, arguments));
  }

  /**
   * Keeps oneDNN to the calling thread: its OpenMP workers would fight with the lanes for cores.
   * The setting belongs to the thread, so each thread that computes calls this once.
   */
  void useCallingThreadOnly() {
    call(
        "omp_set_num_threads",
        () -> {
          ompSetThreads.invokeExact(1);
          return 0;
        });
  }

  MemorySegment newStream() {
    return created("stream", out -> (int) streamCreate.invokeExact(out, engine, STREAM_IN_ORDER));
  }

  /** A row-major or transposed matrix descriptor. */
  MemorySegment descriptor(int rows, int cols, DataType type, long rowStride, long colStride) {
    try (Arena local = Arena.ofConfined()) {
      MemorySegment dims = local.allocate(JAVA_LONG, MAX_DIMS);
      MemorySegment strides = local.allocate(JAVA_LONG, MAX_DIMS);
      dims.setAtIndex(JAVA_LONG, 0, rows);
      dims.setAtIndex(JAVA_LONG, 1, cols);
      strides.setAtIndex(JAVA_LONG, 0, rowStride);
      strides.setAtIndex(JAVA_LONG, 1, colStride);
      return created(
          "matrix",
          out -> (int) descriptorCreate.invokeExact(out, 2, dims, typeCode(type), strides));
    }
  }

  void destroyDescriptor(MemorySegment descriptor) {
    call("matrix", () -> (int) descriptorDestroy.invokeExact(descriptor));
  }

  void destroyStream(MemorySegment stream) {
    call("stream", () -> (int) streamDestroy.invokeExact(stream));
  }

  void destroyPrimitive(MemorySegment primitive) {
    call("primitive", () -> (int) primitiveDestroy.invokeExact(primitive));
  }

  void destroyMemory(MemorySegment memory) {
    call("memory", () -> (int) memoryDestroy.invokeExact(memory));
  }

  /** A compiled product dst = src weights, or dst += src weights. */
  MemorySegment matmul(
      MemorySegment src, MemorySegment weights, MemorySegment dst, boolean accumulate) {
    MemorySegment attributes = accumulate ? sumAttributes() : MemorySegment.NULL;
    MemorySegment descriptor =
        created(
            "matmul",
            out ->
                (int)
                    matmulCreate.invokeExact(
                        out, engine, src, weights, MemorySegment.NULL, dst, attributes));
    MemorySegment primitive =
        created("primitive", out -> (int) primitiveCreate.invokeExact(out, descriptor));
    call("matmul", () -> (int) matmulDescriptorDestroy.invokeExact(descriptor));
    if (accumulate) {
      call("attributes", () -> (int) attributesDestroy.invokeExact(attributes));
    }
    return primitive;
  }

  private MemorySegment sumAttributes() {
    MemorySegment ops = created("post-ops", out -> (int) postOpsCreate.invokeExact(out));
    call("sum", () -> (int) postOpsSum.invokeExact(ops, 1f, 0, 0));
    MemorySegment attributes =
        created("attributes", out -> (int) attributesCreate.invokeExact(out));
    call("attributes", () -> (int) attributesSetPostOps.invokeExact(attributes, ops));
    call("post-ops", () -> (int) postOpsDestroy.invokeExact(ops));
    return attributes;
  }

  /** C = op(A) op(B) + beta C, row-major float32, without compiling anything. */
  void sgemm(
      MatmulPrimitive.Shape s, MemorySegment dataA, MemorySegment dataB, MemorySegment dataC) {
    byte a = (byte) (s.layout().transposeA() ? 'T' : 'N');
    byte b = (byte) (s.layout().transposeB() ? 'T' : 'N');
    float beta = s.accumulate() ? 1f : 0f;
    int status;
    try {
      status =
          (int)
              sgemm.invokeExact(
                  a,
                  b,
                  (long) s.m(),
                  (long) s.n(),
                  (long) s.k(),
                  1f,
                  dataA,
                  (long) s.lda(),
                  dataB,
                  (long) s.ldb(),
                  beta,
                  dataC,
                  (long) s.ldc());
    } catch (Throwable t) {
      throw new IllegalStateException("oneDNN sgemm failed", t);
    }
    check(status, "sgemm");
  }

  /** A memory object whose data handle is set before each execution. */
  MemorySegment memory(MemorySegment descriptor) {
    return created(
        "memory",
        out -> (int) memoryCreate.invokeExact(out, descriptor, engine, MemorySegment.NULL));
  }

  private static int typeCode(DataType type) {
    return switch (type) {
      case FLOAT32 -> TYPE_F32;
      case BFLOAT16 -> TYPE_BF16;
      case FLOAT64, INT32, INT8 ->
          throw new IllegalArgumentException("no matrix product of " + type);
    };
  }

  private MemorySegment created(String what, Creation creation) {
    try (Arena local = Arena.ofConfined()) {
      MemorySegment out = local.allocate(ADDRESS);
      call(what, () -> creation.into(out));
      return out.get(ADDRESS, 0);
    }
  }

  private static void call(String what, Call call) {
    int status;
    try {
      status = call.run();
    } catch (Throwable t) {
      throw new IllegalStateException("oneDNN call failed: " + what, t);
    }
    check(status, what);
  }

  static void check(int status, String what) {
    if (status != 0) {
      throw TroupeException.resource(
          "oneDNN refused %s (status %d%s)"
              .formatted(
                  what,
                  status,
                  status == 3 ? ": not supported by this CPU; use precision=fp32" : ""));
    }
  }

  private interface Call {
    int run() throws Throwable;
  }

  private interface Creation {
    int into(MemorySegment out) throws Throwable;
  }
}
