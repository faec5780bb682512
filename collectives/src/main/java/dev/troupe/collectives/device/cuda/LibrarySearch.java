package dev.troupe.collectives.device.cuda;

import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Looks for libraries as files; loads none.
 *
 * @param folder what the user named, if anything
 * @param environment the process's environment variables
 * @param root where the file system starts: {@code /}, or a folder that stands for it
 * @param cache the system loader's cache: soname to file
 */
record LibrarySearch(
    Optional<Path> folder, Map<String, String> environment, Path root, Map<String, Path> cache) {
  private static final List<String> USUAL =
      List.of(
          "usr/lib/x86_64-linux-gnu",
          "usr/lib64",
          "usr/lib",
          "usr/local/nvidia/lib64",
          "usr/lib/wsl/lib",
          "opt/cuda/lib64");

  /** Every library that is there; for the others, what {@link CudaLibraries#missing} says. */
  CudaLibraries find() {
    Map<LibraryPlace, Set<Path>> folders = folders();
    Map<CudaLibrary, FoundLibrary> found = new EnumMap<>(CudaLibrary.class);
    Map<CudaLibrary, String> missing = new EnumMap<>(CudaLibrary.class);
    for (CudaLibrary library : CudaLibrary.values()) {
      Optional<FoundLibrary> first = first(library, folders);
      first.ifPresent(file -> found.put(library, file));
      if (first.isEmpty()) {
        missing.put(library, sentence(library, folders));
      }
    }
    return new CudaLibraries(found, missing);
  }

  private Optional<FoundLibrary> first(CudaLibrary library, Map<LibraryPlace, Set<Path>> folders) {
    for (LibraryPlace place : places(library)) {
      if (place == LibraryPlace.LOADER_CACHE) {
        Path cached = cache.get(library.soname());
        if (cached != null && Files.isRegularFile(cached)) {
          return Optional.of(new FoundLibrary(cached, place));
        }
      }
      for (Path candidate : folders.getOrDefault(place, Set.of())) {
        Path file = candidate.resolve(library.soname());
        if (Files.isRegularFile(file)) {
          return Optional.of(new FoundLibrary(file.toAbsolutePath().normalize(), place));
        }
      }
    }
    return Optional.empty();
  }

  /** The driver must be the running kernel's: a wheel's would not be. */
  private static List<LibraryPlace> places(CudaLibrary library) {
    List<LibraryPlace> places = new ArrayList<>(List.of(LibraryPlace.values()));
    if (library == CudaLibrary.DRIVER) {
      places.remove(LibraryPlace.PYTHON);
    }
    return places;
  }

  private Map<LibraryPlace, Set<Path>> folders() {
    Map<LibraryPlace, Set<Path>> folders = new EnumMap<>(LibraryPlace.class);
    folders.put(LibraryPlace.CONFIGURED, configured());
    Set<Path> wheels = new LinkedHashSet<>();
    for (Path site : new PythonEnvironments(environment, root).sitePackages()) {
      wheels.addAll(PythonEnvironments.wheelFolders(site));
    }
    folders.put(LibraryPlace.PYTHON, wheels);
    folders.put(LibraryPlace.LIBRARY_PATH, listed(environment.get("LD_LIBRARY_PATH")));
    folders.put(LibraryPlace.USUAL_FOLDER, usual());
    return folders;
  }

  private Set<Path> configured() {
    Set<Path> folders = new LinkedHashSet<>();
    folder.ifPresent(
        named -> {
          folders.add(named);
          folders.add(named.resolve("lib"));
          folders.add(named.resolve("lib64"));
          folders.addAll(PythonEnvironments.wheelFolders(named));
          for (Path site : PythonEnvironments.sitePackages(named)) {
            folders.addAll(PythonEnvironments.wheelFolders(site));
          }
        });
    return folders;
  }

  private Set<Path> usual() {
    Set<Path> folders = new LinkedHashSet<>();
    // The newest toolkit that has this soname is as good as another: the soname is the interface.
    for (Path toolkit : Folders.matching(root.resolve("usr/local"), "cuda*")) {
      folders.add(toolkit.resolve("lib64"));
      folders.add(toolkit.resolve("targets/x86_64-linux/lib"));
    }
    USUAL.forEach(name -> folders.add(root.resolve(name)));
    return folders;
  }

  private static Set<Path> listed(@org.jspecify.annotations.Nullable String path) {
    Set<Path> folders = new LinkedHashSet<>();
    for (String name : path == null ? new String[0] : path.split(File.pathSeparator, -1)) {
      if (!name.isBlank()) {
        folders.add(Path.of(name));
      }
    }
    return folders;
  }

  private String sentence(CudaLibrary library, Map<LibraryPlace, Set<Path>> folders) {
    String looked =
        places(library).stream()
            .filter(place -> place != LibraryPlace.CONFIGURED || folder.isPresent())
            .map(place -> place + detail(place, folders))
            .collect(Collectors.joining(", "));
    return library.soname()
        + " was not found; looked in "
        + looked
        + "; to get it, "
        + library.remedy();
  }

  private String detail(LibraryPlace place, Map<LibraryPlace, Set<Path>> folders) {
    return switch (place) {
      case CONFIGURED -> folder.map(path -> " " + path).orElse("");
      case PYTHON, LIBRARY_PATH -> folders.getOrDefault(place, Set.of()).isEmpty() ? " (none)" : "";
      case LOADER_CACHE, USUAL_FOLDER -> "";
    };
  }
}
