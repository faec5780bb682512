package dev.troupe.kernels.cuda;

import dev.troupe.proto.error.TroupeException;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;

/** The compiled kernels that this build carries: a fatbin for sm_80, sm_90 and later GPUs. */
public final class KernelImage {
  /** Where the build puts them. */
  static final String RESOURCE = "/dev/troupe/kernels/cuda/kernels.fatbin";

  private KernelImage() {}

  /**
   * The fatbin, for {@link dev.troupe.collectives.device.cuda.CudaDevice#load}.
   *
   * @throws TroupeException with category RESOURCE when the build has none
   */
  public static byte[] load() {
    return load(RESOURCE);
  }

  static byte[] load(String resource) {
    try (InputStream in = KernelImage.class.getResourceAsStream(resource)) {
      if (in == null) {
        throw TroupeException.resource(
            "device=cuda: this build has no GPU kernels ("
                + resource
                + " is missing); build again with nvcc on the PATH, in $CUDA_HOME/bin or in"
                + " /usr/local/cuda/bin, or from a checkout that holds the compiled kernels");
      }
      return in.readAllBytes();
    } catch (IOException e) {
      throw new UncheckedIOException(resource, e);
    }
  }
}
