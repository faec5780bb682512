package dev.troupe.data.text;

import dev.troupe.data.text.TextFile.Kind;
import dev.troupe.proto.error.Category;
import dev.troupe.proto.error.TroupeException;
import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;

/**
 * Finds the text files that a path stands for: the file itself, or those in a folder and its
 * subfolders, sorted by path. In a folder, hidden files and folders (whose names begin with a dot),
 * empty files and files of other kinds are passed over; a link is followed only to a file inside
 * the same folder, and no file is taken twice.
 */
final class TextFiles {
  private TextFiles() {}

  /** The files, at least one. */
  static List<TextFile> find(Path path) {
    if (!Files.exists(path)) {
      throw TroupeException.data(
          ("%s does not exist; give a .txt or .jsonl file, a folder of them, or the"
                  + " prefix of a .bin/.idx pair")
              .formatted(path));
    }
    try {
      return Files.isDirectory(path) ? inFolder(path.toRealPath()) : List.of(single(path));
    } catch (IOException e) {
      throw unreadable(path, e);
    }
  }

  /** The error for a file or folder that is there but cannot be read. */
  static TroupeException unreadable(Path path, IOException cause) {
    return new TroupeException(
        Category.DATA,
        "%s cannot be read (%s); check its permissions".formatted(path, cause),
        cause);
  }

  private static TextFile single(Path path) throws IOException {
    Kind kind =
        Kind.of(path)
            .orElseThrow(
                () ->
                    TroupeException.data(
                        "%s is neither .txt nor .jsonl; rename it if it is text".formatted(path)));
    TextFile file = describe(path.toRealPath(), kind);
    if (file.bytes() == 0) {
      throw TroupeException.data("%s is empty; give a file with text".formatted(path));
    }
    return file;
  }

  private static List<TextFile> inFolder(Path root) throws IOException {
    Walk walk = new Walk(root);
    Files.walkFileTree(root, walk);
    List<Path> sorted = walk.found.stream().sorted().toList();
    List<TextFile> files = new ArrayList<>(sorted.size());
    for (Path path : sorted) {
      TextFile file = describe(path, Kind.of(path).orElseThrow());
      if (file.bytes() > 0) {
        files.add(file);
      }
    }
    if (files.isEmpty()) {
      throw TroupeException.data(
          "The folder %s has no .txt or .jsonl file with text in it".formatted(root));
    }
    return List.copyOf(files);
  }

  private static TextFile describe(Path path, Kind kind) throws IOException {
    BasicFileAttributes attributes = Files.readAttributes(path, BasicFileAttributes.class);
    long modified = attributes.lastModifiedTime().to(TimeUnit.NANOSECONDS);
    return new TextFile(path, kind, attributes.size(), modified);
  }

  /** Collects the real paths of text files under a real path. */
  private static final class Walk extends SimpleFileVisitor<Path> {
    private final Path root;
    private final Set<Path> found = new HashSet<>();

    Walk(Path root) {
      this.root = root;
    }

    @Override
    public FileVisitResult preVisitDirectory(Path folder, BasicFileAttributes attributes) {
      return !folder.equals(root) && hidden(folder)
          ? FileVisitResult.SKIP_SUBTREE
          : FileVisitResult.CONTINUE;
    }

    @Override
    public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
      if (!hidden(file) && Files.isRegularFile(file)) {
        Path real = file.toRealPath();
        if (real.startsWith(root) && Kind.of(real).isPresent()) {
          found.add(real);
        }
      }
      return FileVisitResult.CONTINUE;
    }

    @Override
    public FileVisitResult visitFileFailed(Path file, IOException e) {
      throw unreadable(file, e);
    }

    private static boolean hidden(Path path) {
      Path name = path.getFileName();
      return name != null && name.toString().startsWith(".");
    }
  }
}
