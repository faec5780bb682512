package dev.troupe.deploy.dist;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Enumeration;
import java.util.regex.Pattern;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;

/** Copies the licence texts and notices that jars carry to where people find them. */
final class Licences {
  private static final Pattern NAME =
      Pattern.compile("(?:META-INF/)?((?:LICEN[CS]E|NOTICE|COPYING)[A-Za-z0-9._-]*)");

  private Licences() {}

  /** Copies those of {@code jar} into {@code folder/<jar's name>/}, if there are any. */
  static void copy(Path jar, Path folder) throws IOException {
    Path own = folder.resolve(String.valueOf(jar.getFileName()).replaceFirst("\\.jar$", ""));
    try (ZipFile file = new ZipFile(jar.toFile())) {
      for (Enumeration<? extends ZipEntry> all = file.entries(); all.hasMoreElements(); ) {
        ZipEntry entry = all.nextElement();
        var name = NAME.matcher(entry.getName());
        if (!entry.isDirectory() && name.matches()) {
          Files.createDirectories(own);
          Path copy = own.resolve(name.group(1));
          if (!Files.exists(copy)) {
            try (InputStream in = file.getInputStream(entry)) {
              Files.copy(in, copy);
            }
          }
        }
      }
    }
  }
}
