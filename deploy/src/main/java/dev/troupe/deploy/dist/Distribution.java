package dev.troupe.deploy.dist;

import dev.troupe.deploy.cli.DistJob;
import dev.troupe.proto.error.Category;
import dev.troupe.proto.error.TroupeException;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/**
 * {@code troupe dist}. The archive holds one folder:
 *
 * <pre>
 * bin/troupe   the launcher: no build, no search for a JDK
 * lib/         jars, the JVM flags of the build, what the launcher sources
 * runtime/     the Java runtime
 * share/       what starts it on Slurm, Kubernetes, Docker and systemd; every setting
 * licences/    those of the libraries (the runtime's are in runtime/legal)
 * </pre>
 */
public final class Distribution implements DistJob {
  private static final List<String> SHARED =
      List.of("deploy/slurm", "deploy/kubernetes", "deploy/docker", "deploy/systemd");

  @Override
  public void run(Request request, PrintWriter out) {
    Progress progress = new Progress(out);
    try {
      DistSource source =
          DistSource.running(
              System.getProperty("troupe.home", "."),
              System.getProperty("java.class.path"),
              request.version());
      if (request.gpuCheck()) {
        Archive archive = new Archive(GpuCheckBundle.name(source.version()), new Xz());
        GpuCheckBundle bundle = new GpuCheckBundle(source);
        archive.write(
            file(request, source, archive.name() + ".tar.xz"),
            folder -> bundle.assemble(folder, progress),
            progress);
      } else {
        Archive archive = new Archive(source.name(), new Gzip());
        archive.write(
            file(request, source, archive.name() + ".tar.gz"),
            folder -> assemble(source, folder, progress),
            progress);
      }
    } catch (IOException e) {
      throw new TroupeException(Category.RESOURCE, "the archive could not be written: " + e, e);
    }
  }

  private static Path file(Request request, DistSource source, String name) {
    Path out = request.out();
    Path file = out != null ? out : source.home().resolve("deploy/target").resolve(name);
    return file.toAbsolutePath().normalize();
  }

  private static void assemble(DistSource source, Path folder, Progress progress)
      throws IOException {
    Set<String> modules = RuntimeImage.modules(source.jars());
    progress.say("linking a runtime of " + String.join(", ", modules));
    RuntimeImage.link(modules, folder.resolve("runtime"));
    Path lib = Files.createDirectory(folder.resolve("lib"));
    Path licences = Files.createDirectory(folder.resolve("licences"));
    for (Path jar : source.jars()) {
      Files.copy(jar, lib.resolve(String.valueOf(jar.getFileName())));
      Licences.copy(jar, licences);
    }
    Files.writeString(lib.resolve("jvm.flags"), source.flags() + "\n");
    Path home = source.home();
    Path scripts = home.resolve("deploy/src/main/launcher");
    Files.copy(scripts.resolve("run-java.sh"), lib.resolve("run-java.sh"));
    Path launcher = Files.createDirectory(folder.resolve("bin")).resolve("troupe");
    Archive.script(scripts.resolve("troupe-dist.sh"), launcher);
    Files.copy(home.resolve("deploy/src/main/dist/README.md"), folder.resolve("README.md"));
    Path share = Files.createDirectory(folder.resolve("share"));
    for (String each : SHARED) {
      Path from = home.resolve(each);
      copyTree(from, share.resolve(String.valueOf(from.getFileName())));
    }
    Files.copy(
        home.resolve("proto/src/main/resources/dev/troupe/proto/config/reference.conf"),
        share.resolve("reference.conf"));
  }

  private static void copyTree(Path from, Path to) throws IOException {
    try (Stream<Path> walk = Files.walk(from)) {
      for (Path path : walk.sorted().toList()) {
        Files.copy(path, to.resolve(from.relativize(path)), StandardCopyOption.COPY_ATTRIBUTES);
      }
    }
  }
}
