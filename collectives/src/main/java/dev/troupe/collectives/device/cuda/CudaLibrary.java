package dev.troupe.collectives.device.cuda;

/** A native library that the CUDA backend calls. */
public enum CudaLibrary {
  /** The driver API; comes with NVIDIA's driver, not with the toolkit. */
  DRIVER("libcuda.so.1"),
  /** Matrix products. */
  CUBLAS_LT("libcublasLt.so.13"),
  /** Attention; may be missing: an attention kernel of our own takes its place. */
  CUDNN("libcudnn.so.9"),
  /** Collectives among GPUs. */
  NCCL("libnccl.so.2");

  private final String soname;

  CudaLibrary(String soname) {
    this.soname = soname;
  }

  /** Name of the file that programs link with. */
  public String soname() {
    return soname;
  }
}
