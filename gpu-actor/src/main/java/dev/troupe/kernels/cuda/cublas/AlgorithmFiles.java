package dev.troupe.kernels.cuda.cublas;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Optional;
import java.util.function.Predicate;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Measured algorithms in a folder, a small text file each. The first process that measures a
 * product decides for all that share the folder: a file is linked to its name only where there is
 * none, and those who come later take what is there.
 *
 * <p>A file that cannot be read or written, is damaged or is of something else costs a warning and
 * a new measurement, never the run.
 */
final class AlgorithmFiles {
  private static final Logger LOG = LoggerFactory.getLogger(AlgorithmFiles.class);
  private static final int MOST_BYTES = 4096;
  private static final int NAME_DIGITS = 32;
  private static final String HEADER = "troupe gemm 1";

  private final Path folder;
  private final String environment;

  /**
   * Files in a folder, which is made when the first is written.
   *
   * @param environment all that the choice depends on beside the product: GPU, library, limits
   */
  AlgorithmFiles(Path folder, String environment) {
    this.folder = folder;
    this.environment = environment;
  }

  /**
   * What was measured before, if anything.
   *
   * @param fits whether an algorithm computes the product here
   */
  Optional<Measured> read(Product product, Predicate<Algorithm> fits) {
    Path file = file(product);
    try (InputStream in = Files.newInputStream(file)) {
      String text = new String(in.readNBytes(MOST_BYTES), StandardCharsets.UTF_8);
      Measured kept = parse(text, product);
      if (!fits.test(kept.algorithm())) {
        throw new IllegalArgumentException("the library refuses the algorithm");
      }
      return Optional.of(kept);
    } catch (NoSuchFileException e) {
      return Optional.empty();
    } catch (IOException | IllegalArgumentException e) {
      LOG.warn("{} is not used: {}", file, e.getMessage());
      return Optional.empty();
    }
  }

  /**
   * Keeps a measurement.
   *
   * @param fits as for {@link #read}
   * @return what is in the file now: another process may have been quicker
   */
  Measured keep(Product product, Measured measured, Predicate<Algorithm> fits) {
    Path file = file(product);
    try {
      Files.createDirectories(folder);
      Path written = Files.createTempFile(folder, "gemm-", ".new");
      try {
        Files.writeString(written, text(product, measured));
        return publish(written, product, measured, fits);
      } finally {
        Files.deleteIfExists(written);
      }
    } catch (IOException | UnsupportedOperationException e) {
      LOG.warn("the measured product is not kept in {}: {}", file, e.toString());
      return measured;
    }
  }

  private Measured publish(
      Path written, Product product, Measured measured, Predicate<Algorithm> fits)
      throws IOException {
    Path file = file(product);
    try {
      Files.createLink(file, written);
      return measured;
    } catch (FileAlreadyExistsException e) {
      Optional<Measured> first = read(product, fits);
      if (first.isEmpty()) {
        Files.move(
            written, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
      }
      return first.orElse(measured);
    }
  }

  private String text(Product product, Measured measured) {
    return String.join(
        "\n",
        HEADER,
        key(product),
        measured.algorithm().hex(),
        Double.toString(measured.microseconds()),
        "");
  }

  private Measured parse(String text, Product product) {
    String[] lines = text.split("\n", -1);
    if (lines.length != 5 || !lines[0].equals(HEADER) || !lines[4].isEmpty()) {
      throw new IllegalArgumentException("it is damaged or of another version");
    }
    if (!lines[1].equals(key(product))) {
      throw new IllegalArgumentException("it is of \"" + lines[1] + "\"");
    }
    return new Measured(new Algorithm(lines[2]), Double.parseDouble(lines[3]));
  }

  private String key(Product product) {
    return environment + " | " + product.key();
  }

  /** The file of a product. */
  Path file(Product product) {
    try {
      byte[] hash =
          MessageDigest.getInstance("SHA-256")
              .digest(key(product).getBytes(StandardCharsets.UTF_8));
      String name = HexFormat.of().formatHex(hash).substring(0, NAME_DIGITS);
      return folder.resolve("gemm-" + name + ".txt");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }
}
