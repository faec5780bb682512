package dev.troupe.collectives.device.cuda;

import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;

/**
 * Where CUDA's libraries are on this machine: in a configured folder, in the NVIDIA wheels of a
 * Python environment, or where the system's loader looks; in this order.
 *
 * @param found each library that is there, with its file
 */
public record CudaLibraries(Map<CudaLibrary, Path> found) {

  /** Copies the map. */
  public CudaLibraries {
    found = Map.copyOf(found);
  }

  /**
   * Looks for the libraries; loads nothing.
   *
   * @param folder a folder to look in first: one that holds the files, or a Python environment
   */
  public static CudaLibraries find(Optional<Path> folder) {
    throw new UnsupportedOperationException();
  }

  /**
   * Loads a library and the Java binding for it into this process; again: no effect.
   *
   * @throws dev.troupe.proto.error.TroupeException with category RESOURCE that says what is
   *     missing, where it was looked for and how to get it
   */
  public void load(CudaLibrary library) {
    throw new UnsupportedOperationException();
  }
}
