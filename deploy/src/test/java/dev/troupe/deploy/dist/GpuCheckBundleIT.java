package dev.troupe.deploy.dist;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** Packs the GPU check, once, and starts it where there is neither a GPU nor Java. */
@EnabledOnOs(value = OS.LINUX, architectures = "amd64")
class GpuCheckBundleIT {
  private static final Path PROJECT = Path.of("..").toAbsolutePath().normalize();
  private static final long LIMIT_BYTES = 60L << 20;
  private static final int RESOURCE = 4;
  private static final Pattern LIBRARY = Pattern.compile("(?:=> )?(/[^ ]+) \\(0x");

  @TempDir static Path folder = Path.of("");
  private static Path archive = Path.of("");
  private static Path unpacked = Path.of("");

  private record Result(int exit, String out) {}

  @BeforeAll
  static void packAndUnpack() throws Exception {
    assumeTrue(
        Stream.of("/usr/bin/xz", "/bin/xz").map(Path::of).anyMatch(Files::isExecutable),
        "the bundle is packed by the program xz, which is not here");
    archive = folder.resolve("check.tar.xz");
    List<String> pack = new ArrayList<>();
    pack.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    ManagementFactory.getRuntimeMXBean().getInputArguments().stream()
        .filter(flag -> flag.startsWith("--"))
        .forEach(pack::add);
    pack.add("-Dtroupe.home=" + PROJECT);
    pack.addAll(List.of("-cp", PROJECT + "/deploy/target/*:" + PROJECT + "/deploy/target/lib/*"));
    pack.addAll(
        List.of("dev.troupe.deploy.Main", "dist", "--gpu-check", "--out", archive.toString()));
    Result packed = run(pack);
    assertEquals(0, packed.exit(), packed.out());
    Path place = Files.createDirectory(folder.resolve("place"));
    Result tar = run(List.of("tar", "-xJf", archive.toString(), "-C", place.toString()));
    assertEquals(0, tar.exit(), tar.out());
    try (Stream<Path> top = Files.list(place)) {
      unpacked = top.toList().getFirst();
    }
  }

  /** Runs to the end, with both streams as one and nothing but these variables. */
  private static Result run(List<String> command, Map<String, String> variables)
      throws IOException, InterruptedException {
    Path out = Files.createTempFile(folder, "out", "");
    ProcessBuilder builder =
        new ProcessBuilder(command)
            .directory(folder.toFile())
            .redirectErrorStream(true)
            .redirectOutput(out.toFile());
    builder.environment().clear();
    builder.environment().putAll(variables);
    int exit = builder.start().waitFor();
    return new Result(exit, Files.readString(out));
  }

  private static Result run(List<String> command) throws IOException, InterruptedException {
    return run(command, Map.of("PATH", "/usr/bin:/bin"));
  }

  private static void assertNoGpu(Result result) {
    assertEquals(RESOURCE, result.exit(), result.out());
    assertTrue(result.out().contains("libcuda.so.1 was not found"), result.out());
    assertTrue(result.out().contains("install NVIDIA's driver"), result.out());
    assertFalse(result.out().contains("\tat "), result.out());
  }

  /** A machine with a driver would run the check. */
  private static void assumeNoDriver() {
    assumeTrue(
        Stream.of("/usr/lib/x86_64-linux-gnu", "/usr/lib64", "/usr/lib", "/usr/lib/wsl/lib")
            .noneMatch(each -> Files.exists(Path.of(each, "libcuda.so.1"))),
        "this machine has an NVIDIA driver");
  }

  @Test
  void itIsSmallAndHasWhatTheCheckNeeds() throws Exception {
    assertTrue(Files.size(archive) < LIMIT_BYTES, Files.size(archive) + " bytes");
    assertTrue(unpacked.getFileName().toString().startsWith("troupe-gpu-check-0"));
    for (String file : List.of("README.md", "python/bench_gpu_peer.py", "lib/jvm.flags")) {
      assertTrue(Files.isReadable(unpacked.resolve(file)), file);
    }
    assertTrue(Files.isExecutable(unpacked.resolve("gpu-check")));
    try (Stream<Path> licences = Files.list(unpacked.resolve("licences"))) {
      assertTrue(licences.anyMatch(each -> each.toString().contains("scala-library")));
    }
  }

  @Test
  void itStartsWithNothingButAShell() throws Exception {
    assumeNoDriver();
    Map<String, String> nothing = Map.of("PATH", folder.resolve("no-such-folder").toString());

    assertNoGpu(run(List.of(unpacked.resolve("gpu-check").toString()), nothing));

    Result help = run(List.of(unpacked.resolve("gpu-check").toString(), "--help"), nothing);
    assertEquals(0, help.exit(), help.out());
    assertTrue(help.out().contains("--only"), help.out());
  }

  /** Only this folder, a shell, and the C libraries that they link with. */
  @Test
  void itStartsInAChrootWithoutJava() throws Exception {
    Path root = Files.createDirectory(folder.resolve("root"));
    Result user = run(List.of("id", "-u"));
    assumeTrue(user.out().strip().equals("0"), "a chroot needs root");
    Files.createDirectories(root.resolve("tmp"));
    Files.createDirectories(root.resolve("bin"));
    Files.copy(Path.of("/bin/sh").toRealPath(), root.resolve("bin/sh"));
    Files.move(unpacked, root.resolve("check"));
    try {
      Set<Path> libraries = new TreeSet<>(linked(Path.of("/bin/sh")));
      try (Stream<Path> runtime = Files.walk(root.resolve("check/runtime"))) {
        for (Path file : runtime.filter(GpuCheckBundleIT::isNative).toList()) {
          libraries.addAll(linked(file));
        }
      }
      libraries.removeIf(library -> library.startsWith(folder));
      for (Path library : libraries) {
        Path copy = root.resolve(library.toString().substring(1));
        Files.createDirectories(copy.getParent());
        Files.copy(library, copy);
      }

      assertNoGpu(run(List.of("chroot", root.toString(), "/check/gpu-check")));
    } finally {
      Files.move(root.resolve("check"), unpacked);
    }
  }

  private static boolean isNative(Path file) {
    String name = String.valueOf(file.getFileName());
    return name.endsWith(".so") || file.endsWith("bin/java");
  }

  /** The system's libraries that a program or a library is linked with. */
  private static List<Path> linked(Path file) throws IOException, InterruptedException {
    List<Path> libraries = new ArrayList<>();
    Matcher matcher = LIBRARY.matcher(run(List.of("ldd", file.toString())).out());
    while (matcher.find()) {
      libraries.add(Path.of(matcher.group(1)));
    }
    return libraries;
  }
}
