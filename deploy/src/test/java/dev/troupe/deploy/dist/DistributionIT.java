package dev.troupe.deploy.dist;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** Packs what the build made, once, and runs it where there is no Java. */
@DisabledOnOs(OS.WINDOWS)
class DistributionIT {
  private static final Path PROJECT = Path.of("..").toAbsolutePath().normalize();

  @TempDir static Path folder = Path.of("");
  private static Path unpacked = Path.of("");

  private record Result(int exit, String out) {}

  @BeforeAll
  static void packAndUnpack() throws Exception {
    Path archive = folder.resolve("troupe.tar.gz");
    List<String> pack = new ArrayList<>();
    pack.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    ManagementFactory.getRuntimeMXBean().getInputArguments().stream()
        .filter(flag -> flag.startsWith("--"))
        .forEach(pack::add);
    pack.add("-Dtroupe.home=" + PROJECT);
    pack.addAll(List.of("-cp", PROJECT + "/deploy/target/*:" + PROJECT + "/deploy/target/lib/*"));
    pack.addAll(List.of("dev.troupe.deploy.Main", "dist", "--out", archive.toString()));
    Result packed = run(pack);
    assertEquals(0, packed.exit(), packed.out());
    assertTrue(packed.out().contains(archive + ", "), packed.out());
    try (Stream<Path> left = Files.list(folder)) {
      assertFalse(left.anyMatch(path -> path.toString().contains("troupe-dist")), "work folder");
    }
    Path place = Files.createDirectory(folder.resolve("a place"));
    Result tar = run(List.of("tar", "-xzf", archive.toString(), "-C", place.toString()));
    assertEquals(0, tar.exit(), tar.out());
    try (Stream<Path> top = Files.list(place)) {
      unpacked = top.toList().getFirst();
    }
  }

  /** Runs to the end, with both streams as one. */
  private static Result run(List<String> command) throws IOException, InterruptedException {
    Path out = Files.createTempFile(folder, "out", "");
    ProcessBuilder builder =
        new ProcessBuilder(command)
            .directory(folder.toFile())
            .redirectErrorStream(true)
            .redirectOutput(out.toFile());
    builder.environment().clear();
    builder.environment().putAll(Map.of("PATH", "/usr/bin:/bin"));
    Process process = builder.start();
    return new Result(process.waitFor(), Files.readString(out));
  }

  private static Result troupe(String... arguments) throws IOException, InterruptedException {
    List<String> command = new ArrayList<>();
    command.add(unpacked.resolve("bin/troupe").toString());
    command.addAll(List.of(arguments));
    return run(command);
  }

  @Test
  void itTellsItsVersionAndTheMachinesWithItsOwnRuntime() throws Exception {
    Result version = troupe("--version");
    assertEquals(0, version.exit(), version.out());
    assertTrue(version.out().startsWith("troupe 0"), version.out());
    assertTrue(unpacked.getFileName().toString().startsWith("troupe-0"), unpacked.toString());

    Result doctor = troupe("doctor");
    assertEquals(0, doctor.exit(), doctor.out());
    assertTrue(doctor.out().contains(unpacked.toRealPath().resolve("runtime").toString()));
  }

  @Test
  void itTrains() throws Exception {
    Result run =
        troupe(
            "train",
            "run.name=tiny",
            "parallel.tp=1",
            "parallel.dp=2",
            "model.hidden=32",
            "model.layers=1",
            "model.heads=2",
            "model.kv-heads=2",
            "model.ffn=64",
            "model.max-seq=32",
            "train.seq-length=32",
            "train.global-batch=4",
            "train.steps=3",
            "data.bios.people=20");
    assertEquals(0, run.exit(), run.out());
    assertEquals(3, Files.readAllLines(folder.resolve("runs/tiny/metrics.jsonl")).size());
    assertTrue(Files.exists(folder.resolve("runs/tiny/checkpoints/step-00000003")));
  }

  @Test
  void itCarriesWhatAClusterNeedsAndTheLicences() throws Exception {
    for (String file :
        List.of(
            "README.md",
            "share/reference.conf",
            "share/slurm/troupe.sbatch",
            "share/kubernetes/base/kustomization.yaml",
            "share/docker/Dockerfile",
            "share/systemd/troupe-node@.service",
            "runtime/legal/java.base/LICENSE")) {
      assertTrue(Files.isReadable(unpacked.resolve(file)), file);
    }
    assertTrue(Files.isExecutable(unpacked.resolve("share/slurm/troupe.sbatch")));
    try (Stream<Path> licences = Files.list(unpacked.resolve("licences"))) {
      assertTrue(
          licences.anyMatch(
              library ->
                  library.getFileName().toString().startsWith("scala-library")
                      && Files.isReadable(library.resolve("LICENSE"))));
    }
  }

  @Test
  void itDoesNotPackItself() throws Exception {
    Result result = troupe("dist");
    assertEquals(2, result.exit());
    assertTrue(result.out().contains("is no built source tree"), result.out());
  }
}
