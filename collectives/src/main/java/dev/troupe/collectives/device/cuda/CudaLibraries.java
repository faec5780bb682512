package dev.troupe.collectives.device.cuda;

import dev.troupe.proto.error.TroupeException;
import java.nio.file.Path;
import java.util.Collections;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Where CUDA's libraries are on this machine: in a configured folder, in the NVIDIA wheels of a
 * Python environment, or where the system's loader looks; in this order.
 *
 * @param found each library that is there, with its file
 * @param missing each other library, with a sentence that says where it was looked for and how to
 *     get it
 */
public record CudaLibraries(
    Map<CudaLibrary, FoundLibrary> found, Map<CudaLibrary, String> missing) {

  /** Copies the maps. */
  public CudaLibraries {
    found = ordered(found);
    missing = ordered(missing);
  }

  private static <V> Map<CudaLibrary, V> ordered(Map<CudaLibrary, V> map) {
    Map<CudaLibrary, V> copy = new EnumMap<>(CudaLibrary.class);
    copy.putAll(map);
    return Collections.unmodifiableMap(copy);
  }

  /**
   * Looks for the libraries; loads nothing.
   *
   * @param folder a folder to look in first: one that holds the files (or has them in {@code lib}
   *     or {@code lib64}), or a Python environment; without one, what the system property {@code
   *     troupe.cuda.path} or the environment variable {@code TROUPE_CUDA_PATH} names
   */
  public static CudaLibraries find(Optional<Path> folder) {
    Optional<Path> named =
        folder
            .or(() -> named(System.getProperty("troupe.cuda.path")))
            .or(() -> named(System.getenv("TROUPE_CUDA_PATH")));
    return new LibrarySearch(named, System.getenv(), Path.of("/"), LoaderCache.read()).find();
  }

  private static Optional<Path> named(@org.jspecify.annotations.Nullable String path) {
    return Optional.ofNullable(path).filter(text -> !text.isBlank()).map(Path::of);
  }

  /** The folders that libraries were found in. */
  public List<Path> folders() {
    return found.values().stream()
        .map(library -> library.file().toAbsolutePath().getParent())
        .distinct()
        .toList();
  }

  /** Whether {@link #load} has a file to try. */
  public boolean has(CudaLibrary library) {
    return found.containsKey(library);
  }

  /**
   * Loads a library and the Java binding for it into this process; again: no effect.
   *
   * @throws TroupeException with category RESOURCE that says what is missing, where it was looked
   *     for and how to get it; or that the file is damaged, or that another file of the same
   *     library is loaded already
   */
  public void load(CudaLibrary library) {
    LoadedLibraries.load(library, file(library), this);
  }

  /**
   * The version that a library tells, without loading the Java binding for it: 130101 for cuBLASLt
   * 13.1.1, 92400 for cuDNN 9.24.0, 22809 for NCCL 2.28.9, 13000 for the driver's, the runtime's
   * and NVRTC's 13.0; 0 for one that does not tell.
   *
   * @throws TroupeException as {@link #load}
   */
  public int version(CudaLibrary library) {
    Path file = file(library);
    try {
      return LibraryVersion.read(library, file);
    } catch (UnsatisfiedLinkError e) {
      throw LoadedLibraries.cannotLoad(library, file, e);
    }
  }

  /** A version for people: {@code 13.1.1}. */
  public static String versionText(CudaLibrary library, int version) {
    return LibraryVersion.text(library, version);
  }

  /** Where a library is, or the failure that says what is missing. */
  Path file(CudaLibrary library) {
    FoundLibrary file = found.get(library);
    if (file == null) {
      throw TroupeException.resource(
          missing.getOrDefault(library, library.soname() + " was not looked for"));
    }
    return file.file();
  }
}
