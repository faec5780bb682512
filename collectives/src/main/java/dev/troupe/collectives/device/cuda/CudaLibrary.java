package dev.troupe.collectives.device.cuda;

import java.util.List;

/** A native library that the CUDA backend calls. */
public enum CudaLibrary {
  /** The driver API; comes with NVIDIA's driver, not with the toolkit. */
  DRIVER("libcuda.so.1", "cuInit", List.of(), List.of()),
  /** CUDA's runtime: what the Java bindings of the libraries below link with. */
  RUNTIME("libcudart.so.13", "", List.of(), List.of()),
  /** Compiles at run time; calls of our own it gets none, but cuDNN's attention plans need it. */
  NVRTC("libnvrtc.so.13", "nvrtcVersion", List.of("libnvrtc-builtins.so.13*"), List.of()),
  /** Matrix products. */
  CUBLAS_LT("libcublasLt.so.13", "cublasLtGetVersion", List.of(), List.of("libcublas.so.13")),
  /** Attention; may be missing: an attention kernel of our own takes its place. */
  CUDNN(
      "libcudnn.so.9",
      "cudnnGetVersion",
      List.of(
          "libcudnn_graph.so.9",
          "libcudnn_ops.so.9",
          "libcudnn_cnn.so.9",
          "libcudnn_adv.so.9",
          "libcudnn_heuristic.so.9",
          "libcudnn_engines_runtime_compiled.so.9",
          "libcudnn_engines_precompiled.so.9"),
      List.of()),
  /** Collectives among GPUs. */
  NCCL("libnccl.so.2", "ncclGetVersion", List.of(), List.of());

  private final String soname;
  private final String symbol;
  private final List<String> before;
  private final List<String> after;

  CudaLibrary(String soname, String symbol, List<String> before, List<String> after) {
    this.soname = soname;
    this.symbol = symbol;
    this.before = before;
    this.after = after;
  }

  /** Name of the file that programs link with. */
  public String soname() {
    return soname;
  }

  /** A function that tells this library from another one; empty where we call none of it. */
  String symbol() {
    return symbol;
  }

  /** Files of the same folder that it opens by name or needs; loaded before it where they are. */
  List<String> before() {
    return before;
  }

  /** Files of the same folder that its Java binding links with; loaded after it. */
  List<String> after() {
    return after;
  }

  /** How to get it. */
  String remedy() {
    return switch (this) {
      case DRIVER ->
          "install NVIDIA's driver, release 580 or newer; in a container, start it with the GPU"
              + " (docker run --gpus all)";
      case RUNTIME -> wheel("nvidia-cuda-runtime");
      case NVRTC -> wheel("nvidia-cuda-nvrtc");
      case CUBLAS_LT -> wheel("nvidia-cublas");
      case CUDNN -> wheel("nvidia-cudnn-cu13");
      case NCCL -> wheel("nvidia-nccl-cu13");
    };
  }

  private static String wheel(String name) {
    return "pip install "
        + name
        + ", or install the package of CUDA 13's distribution, or set cuda.libraries to the folder"
        + " that holds it";
  }
}
