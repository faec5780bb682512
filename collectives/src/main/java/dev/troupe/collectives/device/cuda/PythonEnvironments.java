package dev.troupe.collectives.device.cuda;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Folders that Python packages are installed in, found without running Python: those of the active
 * environment, then those of the {@code python3} that the shell would start.
 *
 * @param environment the process's environment variables
 * @param root where the file system starts
 */
record PythonEnvironments(Map<String, String> environment, Path root) {

  /** Folders of packages, the active environment's first. */
  Set<Path> sitePackages() {
    Set<Path> found = new LinkedHashSet<>();
    for (String variable : List.of("VIRTUAL_ENV", "CONDA_PREFIX")) {
      String prefix = environment.get(variable);
      if (prefix != null && !prefix.isBlank()) {
        found.addAll(sitePackages(Path.of(prefix)));
      }
    }
    for (Path prefix : prefixesOnPath()) {
      found.addAll(sitePackages(prefix));
      // Debian's Python takes what pip installs from here.
      found.addAll(sitePackages(prefix.resolve("local")));
    }
    String home = environment.get("HOME");
    if (home != null && !home.isBlank()) {
      found.addAll(sitePackages(Path.of(home, ".local")));
    }
    return found;
  }

  /** The prefix of the first python3 on PATH: as it is called, and where its links lead. */
  private Set<Path> prefixesOnPath() {
    Set<Path> prefixes = new LinkedHashSet<>();
    String path = environment.getOrDefault("PATH", "");
    for (String name : path.split(File.pathSeparator, -1)) {
      Path python = Path.of(name).resolve("python3");
      if (!name.isBlank() && Files.isExecutable(python)) {
        prefixOf(python, prefixes);
        try {
          prefixOf(python.toRealPath(), prefixes);
        } catch (IOException e) {
          // A link that leads nowhere is no Python.
        }
        break;
      }
    }
    prefixOf(root.resolve("usr/bin/python3"), prefixes);
    return prefixes;
  }

  private static void prefixOf(Path python, Set<Path> prefixes) {
    Path bin = python.toAbsolutePath().normalize().getParent();
    if (bin != null && bin.getParent() != null) {
      prefixes.add(bin.getParent());
    }
  }

  /** Folders of packages under a prefix such as {@code /usr} or a virtual environment. */
  static List<Path> sitePackages(Path prefix) {
    List<Path> found = new ArrayList<>();
    for (String lib : List.of("lib", "lib64")) {
      for (Path python : Folders.matching(prefix.resolve(lib), "python3*")) {
        found.add(python.resolve("site-packages"));
        found.add(python.resolve("dist-packages"));
      }
    }
    found.removeIf(path -> !Files.isDirectory(path));
    return found;
  }

  /** Where NVIDIA's wheels put libraries: {@code nvidia/cu13/lib}, {@code nvidia/cudnn/lib}, ... */
  static List<Path> wheelFolders(Path sitePackages) {
    List<Path> found = new ArrayList<>();
    for (Path wheel : Folders.matching(sitePackages.resolve("nvidia"), "*")) {
      found.add(wheel.resolve("lib"));
    }
    found.removeIf(path -> !Files.isDirectory(path));
    return found;
  }
}
