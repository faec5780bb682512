package dev.troupe.collectives.device.cuda;

import java.net.MalformedURLException;
import java.net.URL;
import java.nio.file.Path;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.bytedeco.javacpp.Loader;

/**
 * The Java bindings of cuBLASLt, cuDNN and NCCL (JavaCPP).
 *
 * <p>Libraries are opened through its loader under the names that the bindings ask for: it then
 * takes them for found and does not open others of the same name from folders of its own choice.
 */
final class JavacppBinding {
  private static final String PREFIX = "org.bytedeco.javacpp.";
  // libcublasLt.so.13 is "cublasLt@.13" to JavaCPP.
  private static final Pattern SONAME = Pattern.compile("lib(.+)\\.so\\.([0-9]+)");

  private JavacppBinding() {}

  /** Whether a binding asks for a library of this soname. */
  static boolean knows(String soname) {
    Matcher matcher = SONAME.matcher(soname);
    return matcher.matches() && matcher.group(1).matches("cuda|cudart|cublas.*|cudnn.*|nccl");
  }

  /** Opens a library under the name that the bindings know it by. */
  static void load(Path file, String soname) {
    prepare();
    Matcher matcher = SONAME.matcher(soname);
    if (!matcher.matches()) {
      throw new IllegalArgumentException(soname);
    }
    try {
      URL url = file.toUri().toURL();
      Loader.loadLibrary(Loader.class, new URL[] {url}, matcher.group(1) + "@." + matcher.group(2));
    } catch (MalformedURLException e) {
      throw new IllegalArgumentException(e);
    }
  }

  /** Loads the binding of a library that is open. */
  static void start(CudaLibrary library) {
    prepare();
    switch (library) {
      case CUBLAS_LT -> Loader.load(org.bytedeco.cuda.global.cublas.class);
      case CUDNN -> Loader.load(org.bytedeco.cuda.global.cudnn.class);
      case NCCL -> Loader.load(org.bytedeco.cuda.global.nccl.class);
      case DRIVER, RUNTIME, NVRTC -> throw new IllegalArgumentException(library.name());
    }
  }

  /**
   * JavaCPP reads these once, when its classes are initialised. Memory is freed by its owners, not
   * by a collector's thread; and the memory limits count a GPU's mapped memory as the process's.
   */
  private static void prepare() {
    Map<String, String> settings =
        Map.of(
            PREFIX + "nopointergc", "true",
            PREFIX + "maxBytes", "0",
            PREFIX + "maxPhysicalBytes", "0",
            PREFIX + "cachedir", NativeFolder.get().toString());
    settings.forEach(
        (name, value) -> {
          if (System.getProperty(name) == null) {
            System.setProperty(name, value);
          }
        });
  }
}
