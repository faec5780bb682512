package dev.troupe.deploy.dist;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDateTime;
import java.util.Comparator;
import java.util.List;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import java.util.zip.CRC32;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import java.util.zip.ZipOutputStream;

/**
 * Copies a jar without what no process of the check loads, and without compression of its own: the
 * archive is compressed as a whole, and that is smaller. The same jar gives the same bytes.
 */
final class LeanJar {
  private static final LocalDateTime TIME = LocalDateTime.of(1980, 1, 1, 0, 0);

  /**
   * For other tools, and headers and build files of native libraries. JavaCPP reads versions from
   * pom.properties.
   */
  private static final Pattern TOOLS =
      Pattern.compile(
          "META-INF/native-image/.*|META-INF/maven/.*/pom\\.xml|org/bytedeco/[^/]+/[^/]+/(include|lib)/.*");

  private static final Pattern JCUDA = Pattern.compile("lib/libJ(?!CudaDriver-)[^/]*");

  /** The matrix library itself is called without its binding. */
  private static final Pattern ONEDNN = Pattern.compile("org/bytedeco/dnnl/[^/]+/libjnidnnl\\.so");

  private static final Pattern CUDA =
      Pattern.compile(
          "org/bytedeco/cuda/[^/]+/libjni(?!(?:cublas|cudart|cudnn|nccl|nvrtc)\\.so)[^/]*");

  /** The check's text is bytes. */
  private static final Pattern TOKENIZERS =
      Pattern.compile("native/lib/[^/]+/(?:cpu/)?[^/]+|(?:nlp|cv)/[^/]+/ai\\.djl\\.[^/]+\\.json");

  /** The check reads no compressed text. */
  private static final Pattern ZSTD = Pattern.compile("[^/]+/[^/]+/libzstd-jni-[^/]+");

  /** Libraries of other systems and processors. */
  private static final Pattern FOREIGN =
      Pattern.compile(
          ".*[/_-](?:Darwin|Windows|FreeBSD|OpenBSD|NetBSD|DragonFlyBSD|SunOS|AIX|darwin|windows"
              + "|macosx?|osx|i386|x86|aarch64|arm|armhf|ppc64(?:le)?|s390x|sparcv9|mips64el"
              + "|loongarch64|riscv64)(?:-[A-Za-z0-9_]+)?/.*\\.(?:so|dll|dylib|jnilib|a)");

  private static final List<Pattern> LEFT_OUT =
      List.of(TOOLS, JCUDA, ONEDNN, CUDA, TOKENIZERS, ZSTD, FOREIGN);

  private LeanJar() {}

  /** Whether an entry of a jar comes along. */
  static boolean keeps(String entry) {
    return LEFT_OUT.stream().map(Pattern::asMatchPredicate).noneMatch(is(entry));
  }

  private static Predicate<Predicate<String>> is(String entry) {
    return pattern -> pattern.test(entry);
  }

  static void copy(Path jar, Path to) throws IOException {
    try (ZipFile from = new ZipFile(jar.toFile());
        OutputStream out = Files.newOutputStream(to);
        ZipOutputStream copy = new ZipOutputStream(out)) {
      copy.setMethod(ZipOutputStream.STORED);
      List<? extends ZipEntry> entries =
          from.stream()
              .filter(entry -> !entry.isDirectory() && keeps(entry.getName()))
              // The manifest comes first, as tools expect it.
              .sorted(
                  Comparator.comparing((ZipEntry e) -> !e.getName().equals("META-INF/MANIFEST.MF"))
                      .thenComparing(ZipEntry::getName))
              .toList();
      for (ZipEntry entry : entries) {
        try (InputStream in = from.getInputStream(entry)) {
          store(copy, entry.getName(), in.readAllBytes());
        }
      }
    }
  }

  private static void store(ZipOutputStream copy, String name, byte[] bytes) throws IOException {
    CRC32 crc = new CRC32();
    crc.update(bytes);
    ZipEntry entry = new ZipEntry(name);
    entry.setTimeLocal(TIME);
    entry.setSize(bytes.length);
    entry.setCrc(crc.getValue());
    copy.putNextEntry(entry);
    copy.write(bytes);
    copy.closeEntry();
  }
}
