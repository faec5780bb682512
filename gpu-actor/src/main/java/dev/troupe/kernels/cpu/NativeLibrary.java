package dev.troupe.kernels.cpu;

import dev.troupe.proto.error.TroupeException;
import java.io.IOException;
import java.io.InputStream;
import java.net.URL;
import java.nio.file.AtomicMoveNotSupportedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Locale;

/**
 * Places a native library that travels inside a jar where the system's loader can open it: the
 * user's cache folder, once a version.
 */
final class NativeLibrary {
  private NativeLibrary() {}

  /** Name of this platform in JavaCPP's presets, for example {@code linux-x86_64}. */
  static String platform() {
    String os = System.getProperty("os.name", "").toLowerCase(Locale.ROOT);
    String arch = System.getProperty("os.arch", "").toLowerCase(Locale.ROOT);
    String family = os.startsWith("mac") ? "macosx" : os.startsWith("win") ? "windows" : "linux";
    String cpu = arch.equals("amd64") || arch.equals("x86_64") ? "x86_64" : arch;
    return family + "-" + cpu;
  }

  /**
   * Path of {@code file} after it was unpacked from {@code folder} on the classpath.
   *
   * @throws TroupeException when this platform has none or it cannot be unpacked
   */
  static Path unpack(String folder, String file) {
    String resource = folder + "/" + file;
    URL url = NativeLibrary.class.getClassLoader().getResource(resource);
    if (url == null) {
      throw TroupeException.resource(
          "no %s on the classpath for platform %s; the cpu device needs oneDNN (linux-x86_64)"
              .formatted(file, platform()));
    }
    try {
      long size = url.openConnection().getContentLengthLong();
      Path cache = cacheFolder().resolve(Integer.toHexString(url.toString().hashCode()));
      Path target = cache.resolve(file);
      if (Files.isRegularFile(target) && Files.size(target) == size) {
        return target;
      }
      Files.createDirectories(cache);
      Path temporary = Files.createTempFile(cache, file, ".part");
      try (InputStream in = url.openStream()) {
        Files.copy(in, temporary, StandardCopyOption.REPLACE_EXISTING);
        moveInto(temporary, target);
      } finally {
        Files.deleteIfExists(temporary);
      }
      return target;
    } catch (IOException e) {
      throw new TroupeException(
          dev.troupe.proto.error.Category.RESOURCE,
          "cannot unpack %s into %s: %s; free some space or set XDG_CACHE_HOME"
              .formatted(file, cacheFolder(), e.getMessage()),
          e);
    }
  }

  private static void moveInto(Path temporary, Path target) throws IOException {
    try {
      Files.move(temporary, target, StandardCopyOption.ATOMIC_MOVE);
    } catch (AtomicMoveNotSupportedException e) {
      Files.move(temporary, target, StandardCopyOption.REPLACE_EXISTING);
    }
  }

  private static Path cacheFolder() {
    String xdg = System.getenv("XDG_CACHE_HOME");
    Path base =
        xdg == null || xdg.isBlank()
            ? Path.of(System.getProperty("user.home", "."), ".cache")
            : Path.of(xdg);
    return base.resolve("troupe").resolve("native");
  }
}
