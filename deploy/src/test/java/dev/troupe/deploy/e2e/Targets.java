package dev.troupe.deploy.e2e;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;

/**
 * Figures beside their targets, a file each in {@code target/chaos}; every one that is added writes
 * {@code report.md} anew and prints it, so that the last test of a profile prints them all.
 */
final class Targets {
  private static final Path FOLDER = Path.of("target", "chaos");
  private static final String HEAD =
      "| | what | figure | target | held | sizes |\n|---|---|---|---|---|---|\n";

  private Targets() {}

  /**
   * Adds a figure.
   *
   * @param id such as G4
   * @param what is measured
   * @param figure what was measured
   * @param target what is asked for
   * @param held whether the figure meets it
   * @param sizes of the run that it was measured in
   */
  static void add(String id, String what, String figure, String target, boolean held, String sizes)
      throws IOException {
    Files.createDirectories(FOLDER);
    String number = id.replaceAll("[^0-9]", "");
    Files.writeString(
        FOLDER.resolve(String.format(Locale.ROOT, "row-%02d-%s.md", Integer.parseInt(number), id)),
        "| %s | %s | %s | %s | %s | %s |%n"
            .formatted(id, what, figure, target, held ? "yes" : "NO", sizes));
    StringBuilder report = new StringBuilder(HEAD);
    try (Stream<Path> files = Files.list(FOLDER)) {
      List<Path> rows =
          files.filter(file -> file.getFileName().toString().startsWith("row-")).sorted().toList();
      for (Path row : rows) {
        report.append(Files.readString(row));
      }
    }
    Files.writeString(FOLDER.resolve("report.md"), report);
    System.out.println(report);
  }

  static String seconds(double value) {
    return String.format(Locale.ROOT, "%.2f s", value);
  }
}
