package dev.troupe.deploy.dist;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * {@code troupe dist --gpu-check}: the check for machines that have a GPU and no Java. The archive
 * holds one folder:
 *
 * <pre>
 * gpu-check    the check; needs a POSIX shell
 * lib/         lean jars, the JVM flags of the build
 * runtime/     the Java runtime
 * python/      the PyTorch side of the speed table
 * licences/    those of the libraries (the runtime's are in runtime/legal)
 * </pre>
 *
 * @param source what it is made of
 */
record GpuCheckBundle(DistSource source) {
  /** Benchmarks by JMH are no part of the check, nor are tables. */
  private static final List<String> LEFT_OUT =
      List.of("jmh-core-", "jopt-simple-", "commons-math3-", "hardwood-core-", "snappy-java-");

  private static final List<String> PYTHON = List.of("bench_gpu_peer.py");

  static String name(String version) {
    return "troupe-gpu-check-" + version;
  }

  void assemble(Path folder, Progress progress) throws IOException {
    Path lib = Files.createDirectory(folder.resolve("lib"));
    Path licences = Files.createDirectory(folder.resolve("licences"));
    List<Path> jars = source.jars().stream().filter(GpuCheckBundle::needed).toList();
    for (Path jar : jars) {
      LeanJar.copy(jar, lib.resolve(fileName(jar)));
      Licences.copy(jar, licences);
    }
    progress.say("linking a runtime");
    RuntimeImage.link(RuntimeImage.modules(jars), folder.resolve("runtime"));
    Files.writeString(lib.resolve("jvm.flags"), source.flags() + "\n");
    Path home = source.home();
    Archive.script(
        home.resolve("deploy/src/main/launcher/gpu-check.sh"), folder.resolve("gpu-check"));
    Files.copy(home.resolve("deploy/src/main/dist/gpu-check.md"), folder.resolve("README.md"));
    Path python = Files.createDirectory(folder.resolve("python"));
    for (String script : PYTHON) {
      Files.copy(home.resolve("deploy/src/main/python").resolve(script), python.resolve(script));
    }
  }

  private static boolean needed(Path jar) {
    return LEFT_OUT.stream().noneMatch(fileName(jar)::startsWith);
  }

  private static String fileName(Path jar) {
    return String.valueOf(jar.getFileName());
  }
}
