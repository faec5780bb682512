package dev.troupe.checkpoint;

import dev.troupe.proto.error.Category;
import dev.troupe.proto.error.TroupeException;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;

/**
 * A {@link Storage} whose failures are the user's: each names the operation, the path, the reason
 * and the remedy. Failing to read is a matter of data, failing to write one of resources.
 */
record Disk(Storage storage) {
  /** Greatest size of an index or manifest; larger ones are not ours. */
  private static final long MAX_JSON_BYTES = 1L << 28;

  void createFolder(Path folder) {
    run(StorageOperation.CREATE_FOLDER, folder, () -> storage.createFolder(folder));
  }

  DiskOutput create(Path file) {
    return new DiskOutput(
        file, get(StorageOperation.CREATE_FILE, file, () -> storage.create(file)));
  }

  /** Writes a small file and makes it durable. */
  void write(Path file, byte[] bytes) {
    try (DiskOutput output = create(file)) {
      output.write(MemorySegment.ofArray(bytes));
      output.force();
    }
  }

  void forceFolder(Path folder) {
    run(StorageOperation.FORCE_FOLDER, folder, () -> storage.forceFolder(folder));
  }

  void rename(Path from, Path to) {
    run(StorageOperation.RENAME, from, () -> storage.rename(from, to));
  }

  void delete(Path path) {
    run(StorageOperation.DELETE, path, () -> storage.delete(path));
  }

  /** Names of a folder's entries, sorted. */
  List<String> names(Path folder) {
    return get(StorageOperation.LIST, folder, () -> list(folder));
  }

  /** As {@link #names}, nothing where there is no such folder. */
  List<String> namesIfThere(Path folder) {
    return get(
        StorageOperation.LIST,
        folder,
        () -> {
          try {
            return list(folder);
          } catch (NoSuchFileException missing) {
            return List.of();
          }
        });
  }

  private List<String> list(Path folder) throws IOException {
    return storage.list(folder).stream().map(entry -> String.valueOf(entry.getFileName())).toList();
  }

  long size(Path file) {
    return get(StorageOperation.SIZE, file, () -> storage.size(file));
  }

  /** A small file's bytes. */
  byte[] read(Path file) {
    long size = size(file);
    if (size > MAX_JSON_BYTES) {
      throw Damage.checkpoint(file, "it has " + size + " bytes, far more than Troupe writes");
    }
    return get(StorageOperation.READ, file, () -> storage.read(file));
  }

  MemorySegment map(Path file, Arena arena) {
    return get(StorageOperation.MAP, file, () -> storage.map(file, arena));
  }

  static void run(StorageOperation operation, Path path, Action action) {
    get(
        operation,
        path,
        () -> {
          action.run();
          return path;
        });
  }

  private static <T> T get(StorageOperation operation, Path path, Source<T> source) {
    try {
      return source.get();
    } catch (IOException failure) {
      throw named(operation, path, failure);
    }
  }

  private static TroupeException named(StorageOperation operation, Path path, IOException failure) {
    if (operation.readOnly()) {
      String message =
          switch (failure) {
            case NoSuchFileException missing -> path + " does not exist. Check the path.";
            case NotDirectoryException file -> path + " is no folder. Check the path.";
            default ->
                String.format(
                    Locale.ROOT,
                    "Cannot %s %s: %s. Check that the disk is well and that you may read it.",
                    operation.verb(),
                    path,
                    reason(failure));
          };
      return new TroupeException(Category.DATA, message, failure);
    }
    return new TroupeException(
        Category.RESOURCE,
        String.format(
            Locale.ROOT,
            "Cannot %s %s: %s. Free space on that disk, or set checkpoint.dir to a folder you may"
                + " write to; checkpoints published before are intact.",
            operation.verb(),
            path,
            reason(failure)),
        failure);
  }

  private static String reason(IOException failure) {
    String reason =
        failure instanceof FileSystemException known ? known.getReason() : failure.getMessage();
    return reason == null ? failure.getClass().getSimpleName() : reason;
  }

  /** Something that may fail. */
  @FunctionalInterface
  interface Action {
    void run() throws IOException;
  }

  @FunctionalInterface
  private interface Source<T> {
    T get() throws IOException;
  }
}
