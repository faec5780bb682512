package dev.troupe.deploy.dist;

import dev.troupe.deploy.cli.DistJob;
import dev.troupe.proto.error.Category;
import dev.troupe.proto.error.TroupeException;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintWriter;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Stream;
import java.util.zip.GZIPOutputStream;
import org.jspecify.annotations.Nullable;

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
  public void run(@Nullable Path out, String version, PrintWriter progress) {
    try {
      DistSource source =
          DistSource.running(
              System.getProperty("troupe.home", "."),
              System.getProperty("java.class.path"),
              version);
      String name = source.name() + ".tar.gz";
      Path file = out != null ? out : source.home().resolve("deploy/target").resolve(name);
      pack(source, file.toAbsolutePath().normalize(), progress);
    } catch (IOException e) {
      throw new TroupeException(Category.RESOURCE, "the archive could not be written: " + e, e);
    }
  }

  private static void pack(DistSource source, Path file, PrintWriter progress) throws IOException {
    Path parent = file.getParent();
    if (parent == null || !Files.isDirectory(parent) || Files.isDirectory(file)) {
      throw TroupeException.usage("--out %s: give a file in a folder that exists".formatted(file));
    }
    Path work = Files.createTempDirectory(parent, ".troupe-dist-");
    try {
      Path folder = Files.createDirectory(work.resolve(source.name()));
      assemble(source, folder, progress);
      say(progress, "packing");
      Path packed = work.resolve("archive");
      compress(folder, packed);
      Files.move(packed, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    } finally {
      delete(work);
    }
    say(progress, String.format(Locale.ROOT, "%s, %.1f MiB", file, Files.size(file) / 1048576.0));
  }

  private static void assemble(DistSource source, Path folder, PrintWriter progress)
      throws IOException {
    Set<String> modules = RuntimeImage.modules(source.jars());
    say(progress, "linking a runtime of " + String.join(", ", modules));
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
    Files.copy(scripts.resolve("troupe-dist.sh"), launcher);
    if (!launcher.toFile().setExecutable(true, false)) {
      throw new IOException(launcher + " could not be made executable");
    }
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

  private static void compress(Path folder, Path file) throws IOException {
    try (FileChannel channel =
        FileChannel.open(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
      OutputStream out = new BufferedOutputStream(Channels.newOutputStream(channel), 1 << 16);
      GZIPOutputStream packed = new GZIPOutputStream(out, 1 << 16);
      new TarWriter(packed).write(folder);
      packed.finish();
      out.flush();
      channel.force(true);
    }
  }

  private static void copyTree(Path from, Path to) throws IOException {
    try (Stream<Path> walk = Files.walk(from)) {
      for (Path path : walk.sorted().toList()) {
        Files.copy(path, to.resolve(from.relativize(path)), StandardCopyOption.COPY_ATTRIBUTES);
      }
    }
  }

  private static void delete(Path folder) throws IOException {
    try (Stream<Path> walk = Files.walk(folder)) {
      for (Path path : walk.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(path);
      }
    }
  }

  private static void say(PrintWriter progress, String text) {
    progress.println("dist: " + text);
    progress.flush();
  }
}
