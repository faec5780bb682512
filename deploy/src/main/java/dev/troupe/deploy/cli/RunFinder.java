package dev.troupe.deploy.cli;

import dev.troupe.deploy.api.ApiFile;
import dev.troupe.deploy.report.RunFolder;
import dev.troupe.proto.error.Category;
import dev.troupe.proto.error.TroupeException;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.jspecify.annotations.Nullable;

/** Finds the folder of the run that a verb is about. */
final class RunFinder {
  private RunFinder() {}

  /**
   * The run's folder: by its name below {@code runs} or its path; without either, of the run that
   * started last among those that live, else among all.
   *
   * @throws TroupeException of category usage where there is none
   */
  static Path find(Path runs, @Nullable String run) {
    if (run != null) {
      return named(runs, run);
    }
    return all(runs).stream()
        .max(Comparator.comparing(RunFinder::lives).thenComparing(RunFinder::started))
        .orElseThrow();
  }

  /**
   * The folders of all runs below {@code runs}, at least one.
   *
   * @throws TroupeException of category usage where there is none
   */
  static List<Path> all(Path runs) {
    try (DirectoryStream<Path> folders = Files.newDirectoryStream(runs)) {
      List<Path> found =
          StreamSupport.stream(folders.spliterator(), false).filter(RunFinder::isRun).toList();
      if (found.isEmpty()) {
        throw none(runs);
      }
      return found;
    } catch (NoSuchFileException | NotDirectoryException e) {
      throw none(runs);
    } catch (IOException e) {
      throw new TroupeException(Category.DATA, "cannot read the folder " + runs + ": " + e, e);
    }
  }

  private static Path named(Path runs, String run) {
    try {
      return Stream.of(runs.resolve(run), Path.of(run))
          .filter(RunFinder::isRun)
          .findFirst()
          .orElseThrow(
              () ->
                  TroupeException.usage(
                      "no run %s: there is no %s; give a run's name or folder"
                          .formatted(run, new RunFolder(runs.resolve(run)).job())));
    } catch (InvalidPathException e) {
      throw new TroupeException(Category.USAGE, "no run " + run + ": no name of a folder", e);
    }
  }

  private static boolean isRun(Path folder) {
    return Files.isRegularFile(new RunFolder(folder).job());
  }

  private static boolean lives(Path folder) {
    Optional<ApiFile> api = ApiFile.read(folder);
    return api.isPresent() && api.get().mayLive();
  }

  /** The job is written anew at each start. */
  private static FileTime started(Path folder) {
    try {
      return Files.getLastModifiedTime(new RunFolder(folder).job());
    } catch (IOException e) {
      return FileTime.fromMillis(0); // removed meanwhile
    }
  }

  private static TroupeException none(Path runs) {
    return TroupeException.usage(
        "no run in %s; train first (./troupe train), or give a run's folder or --url"
            .formatted(runs));
  }
}
