package dev.troupe.deploy.host;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Finds shared libraries by name, without loading them. */
public final class SharedLibraries {
  private static final List<String> USUAL =
      List.of(
          "/usr/lib",
          "/usr/lib64",
          "/usr/lib/x86_64-linux-gnu",
          "/usr/lib/aarch64-linux-gnu",
          "/usr/lib/wsl/lib",
          "/usr/local/lib",
          "/usr/local/cuda/lib64",
          "/usr/local/cuda/targets/x86_64-linux/lib",
          "/usr/local/nvidia/lib64",
          "/opt/cuda/lib64");

  private final List<Path> folders;

  SharedLibraries(List<Path> folders) {
    this.folders = List.copyOf(folders);
  }

  /** Looks in the folders of {@code LD_LIBRARY_PATH}, then in the usual ones. */
  public static SharedLibraries ofThisHost(@Nullable String ldLibraryPath) {
    List<Path> folders = new ArrayList<>();
    String path = ldLibraryPath == null ? "" : ldLibraryPath;
    Stream.of(path.split(":", -1)).filter(s -> !s.isBlank()).map(Path::of).forEach(folders::add);
    USUAL.stream().map(Path::of).forEach(folders::add);
    return new SharedLibraries(folders);
  }

  /** The first {@code <name>.so} or {@code <name>.so.*}. */
  public Optional<Path> find(String name) {
    return folders.stream().flatMap(folder -> in(folder, name).stream()).findFirst();
  }

  private static Optional<Path> in(Path folder, String name) {
    if (!Files.isDirectory(folder)) {
      return Optional.empty();
    }
    try (DirectoryStream<Path> found = Files.newDirectoryStream(folder, name + ".so*")) {
      List<Path> sorted = new ArrayList<>();
      found.forEach(sorted::add);
      return sorted.stream().sorted().findFirst();
    } catch (IOException e) {
      return Optional.empty(); // not readable: as good as not there
    }
  }
}
