package dev.troupe.data.djl;

import dev.troupe.proto.error.Category;
import dev.troupe.proto.error.TroupeException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * A native library in a jar, loaded when it is first needed. Deep Java Library would unpack them
 * below the home folder and ask the network for what it misses; here they go to a folder of {@code
 * java.io.tmpdir} that is made for this process, that no other user can look into, and that is
 * removed as soon as they are loaded (on Windows, which cannot remove loaded ones, it stays).
 * Thread-safe.
 */
final class NativeLibrary {
  private final Path root;
  private final Class<?> jar;
  private final String folder;
  private final List<String> names;
  private boolean loaded;

  /**
   * A library, with those that it needs before it.
   *
   * @param root where it is unpacked
   * @param jar a class of the jar that has them
   * @param folder their folder in the jar
   * @param names their file names, in the order in which they are loaded
   */
  NativeLibrary(Path root, Class<?> jar, String folder, List<String> names) {
    this.root = root;
    this.jar = jar;
    this.folder = folder;
    this.names = List.copyOf(names);
  }

  /** Where native libraries are unpacked. */
  static Path temporary() {
    return Path.of(System.getProperty("java.io.tmpdir"));
  }

  /** This machine as the jars' folders call it, such as {@code linux-x86_64}. */
  static String platform() {
    String os = System.getProperty("os.name").toLowerCase(Locale.ROOT);
    String machine = System.getProperty("os.arch");
    String system = os.startsWith("mac") ? "osx" : os.startsWith("windows") ? "win" : "linux";
    return system + "-" + (machine.equals("amd64") ? "x86_64" : machine);
  }

  /**
   * Loads it, unless that was done.
   *
   * @throws TroupeException (resources) where there is none for this machine, or it does not load
   */
  synchronized void require() {
    if (!loaded) {
      load();
      loaded = true;
    }
  }

  private void load() {
    Path unpacked = null;
    List<Path> files = new ArrayList<>();
    try {
      unpacked = Files.createTempDirectory(root, "troupe-native-");
      for (String name : names) {
        Path file = unpacked.resolve(name);
        files.add(file);
        unpack(folder + "/" + name, file);
        System.load(file.toString());
      }
    } catch (IOException | UnsatisfiedLinkError e) {
      throw new TroupeException(
          Category.RESOURCE,
          "the tokenizer library cannot be loaded from %s: %s; give another folder with JAVA_TOOL_OPTIONS=-Djava.io.tmpdir=FOLDER, or data.tokenizer = bytes, which needs no library"
              .formatted(root, e.getMessage()),
          e);
    } finally {
      remove(files, unpacked);
    }
  }

  private void unpack(String resource, Path file) throws IOException {
    try (InputStream in = jar.getClassLoader().getResourceAsStream(resource)) {
      if (in == null) {
        throw TroupeException.resource(
            "there is no tokenizer library for %s; data.tokenizer = bytes needs none"
                .formatted(platform()));
      }
      Files.copy(in, file);
    }
  }

  private static void remove(List<Path> files, @Nullable Path folder) {
    try {
      for (Path file : files) {
        Files.deleteIfExists(file);
      }
      if (folder != null) {
        Files.deleteIfExists(folder);
      }
    } catch (IOException inUse) {
      files.forEach(file -> file.toFile().deleteOnExit());
    }
  }
}
