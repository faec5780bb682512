package dev.troupe.collectives.device.cuda;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Arrays;
import jcuda.JCudaVersion;
import jcuda.LibUtils;
import jcuda.LogLevel;
import jcuda.driver.JCudaDriver;

/**
 * The Java binding of the driver (JCuda).
 *
 * <p>JCuda unpacks its native half into the system's temporary folder under a fixed name, and takes
 * what lies there already: a file that another user left, or that another rank's process has half
 * written. So the file is put into a folder of our own first, and JCuda is pointed to it.
 */
final class JcudaBinding {
  private static final String TEMPORARY = "java.io.tmpdir";

  private JcudaBinding() {}

  /** Loads the binding; the driver's library is open already. */
  static void start() {
    Path folder = NativeFolder.get();
    unpack(folder);
    String before = System.getProperty(TEMPORARY);
    // Only JCuda's initialiser reads the property from here on: the JDK has read it at its start.
    System.setProperty(TEMPORARY, folder.toString());
    try {
      JCudaDriver.setLogLevel(LogLevel.LOG_QUIET);
    } finally {
      System.setProperty(TEMPORARY, before);
    }
  }

  private static void unpack(Path folder) {
    String name =
        LibUtils.createLibraryFileName(
            LibUtils.createPlatformLibraryName("JCudaDriver-" + JCudaVersion.get()));
    Path target = folder.resolve(name);
    try (InputStream resource = JCudaDriver.class.getResourceAsStream("/lib/" + name)) {
      if (resource == null) {
        throw new UnsatisfiedLinkError("this build has no JCuda for this platform: " + name);
      }
      byte[] content = resource.readAllBytes();
      if (Files.isRegularFile(target) && Arrays.equals(Files.readAllBytes(target), content)) {
        return;
      }
      // Renamed into place: another process sees all of it or nothing.
      Path part = Files.createTempFile(folder, name, ".part");
      Files.write(part, content);
      Files.move(part, target, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    } catch (IOException e) {
      throw new UncheckedIOException("cannot unpack " + name + " into " + folder, e);
    }
  }
}
