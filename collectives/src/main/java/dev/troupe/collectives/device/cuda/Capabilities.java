package dev.troupe.collectives.device.cuda;

import dev.troupe.proto.error.TroupeException;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/**
 * What a GPU and the libraries for it can do. A call of a function that a library lacks ends the
 * process, so every call that not all versions have is asked for here first.
 *
 * @param driver CUDA version of the driver, 13000 for 13.0
 * @param cublasLt version of cuBLASLt, 130101 for 13.1.1
 * @param cudnn version of cuDNN, 92400 for 9.24.0; 0 where it is not loaded
 * @param nccl version of NCCL, 22809 for 2.28.9; 0 where it is not loaded
 * @param gpu the GPU
 * @param absent why cuDNN or NCCL is not loaded
 */
public record Capabilities(
    int driver, int cublasLt, int cudnn, int nccl, GpuInfo gpu, Map<CudaLibrary, String> absent) {

  /** Least architecture that the kernels are built for: the A100's. */
  public static final int LEAST_ARCHITECTURE = 80;

  private static final int NCCL_SPLIT = 21800;
  private static final int NCCL_SHRINK = 22703;
  private static final int NCCL_REVOKE = 22807;
  private static final int NCCL_GROW = 22902;
  private static final int CUDNN_ATTENTION = 90000;

  /** Copies the map. */
  public Capabilities {
    absent = Map.copyOf(absent);
  }

  /**
   * Loads cuBLASLt, and cuDNN and NCCL where they are.
   *
   * @param index number of the GPU
   * @throws TroupeException with category RESOURCE where there is no cuBLASLt, or no such GPU
   */
  public static Capabilities of(CudaLibraries libraries, CudaDriver driver, int index) {
    GpuInfo gpu = driver.gpu(index);
    libraries.load(CudaLibrary.CUBLAS_LT);
    Map<CudaLibrary, String> absent = new EnumMap<>(CudaLibrary.class);
    return new Capabilities(
        driver.version(),
        libraries.version(CudaLibrary.CUBLAS_LT),
        optional(libraries, CudaLibrary.CUDNN, absent),
        optional(libraries, CudaLibrary.NCCL, absent),
        gpu,
        absent);
  }

  private static int optional(
      CudaLibraries libraries, CudaLibrary library, Map<CudaLibrary, String> absent) {
    try {
      libraries.load(library);
      return libraries.version(library);
    } catch (TroupeException e) {
      absent.put(library, String.valueOf(e.getMessage()));
      return 0;
    }
  }

  /** Whether the kernels run on this GPU. */
  public boolean supported() {
    return gpu.architecture() >= LEAST_ARCHITECTURE;
  }

  /** Whether attention can run in cuDNN: its graph interface, with a GPU that it has plans for. */
  public boolean cudnnAttention() {
    return cudnn >= CUDNN_ATTENTION && supported();
  }

  /** {@code ncclCommSplit}. */
  public boolean ncclSplit() {
    return nccl >= NCCL_SPLIT;
  }

  /** {@code ncclCommShrink}. */
  public boolean ncclShrink() {
    return nccl >= NCCL_SHRINK;
  }

  /** {@code ncclCommRevoke}. */
  public boolean ncclRevoke() {
    return nccl >= NCCL_REVOKE;
  }

  /** {@code ncclCommGrow}. */
  public boolean ncclGrow() {
    return nccl >= NCCL_GROW;
  }

  /** What is off, and why: a sentence each, for people. */
  public List<String> off() {
    List<String> off = new ArrayList<>();
    if (!supported()) {
      off.add(
          "kernels: %s has compute capability %d.%d, and they need %d.%d or newer"
              .formatted(
                  gpu.text(),
                  gpu.major(),
                  gpu.minor(),
                  LEAST_ARCHITECTURE / 10,
                  LEAST_ARCHITECTURE % 10));
    }
    if (cudnn < CUDNN_ATTENTION) {
      off.add(
          "attention by cuDNN, so our own is used: "
              + why(CudaLibrary.CUDNN, cudnn, CUDNN_ATTENTION));
    }
    ncclFeature(off, "more than one GPU", 1);
    ncclFeature(off, "groups split from one communicator", NCCL_SPLIT);
    ncclFeature(off, "going on with fewer ranks without a new communicator", NCCL_SHRINK);
    ncclFeature(off, "revoking a communicator", NCCL_REVOKE);
    ncclFeature(off, "going on with more ranks without a new communicator", NCCL_GROW);
    return off;
  }

  private void ncclFeature(List<String> off, String what, int needed) {
    // Without NCCL at all, the first line says it.
    if (nccl < needed && (nccl > 0 || needed == 1)) {
      off.add(what + ": " + why(CudaLibrary.NCCL, nccl, needed));
    }
  }

  private String why(CudaLibrary library, int version, int needed) {
    return version == 0
        ? absent.getOrDefault(library, library.soname() + " is not loaded")
        : "%s is %s, and %s is needed"
            .formatted(
                library.soname(),
                LibraryVersion.text(library, version),
                LibraryVersion.text(library, needed));
  }
}
