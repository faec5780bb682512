package dev.troupe.deploy.gpucheck;

import dev.troupe.collectives.device.cuda.CudaLibrary;
import dev.troupe.deploy.cli.GpuCheckJob;
import dev.troupe.deploy.lab.Gpu;
import dev.troupe.deploy.lab.GpuLab;
import dev.troupe.deploy.process.PrivateFolder;
import dev.troupe.proto.error.Category;
import dev.troupe.proto.error.TroupeException;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * {@code troupe gpu-check}.
 *
 * @param program class that starts the program, for runs in child processes
 */
public record GpuCheck(Class<?> program) implements GpuCheckJob {
  private static final Duration RUN_LIMIT = Duration.ofMinutes(10);
  private static final int NOT_PASSED = 1;

  @Override
  public int run(Options options, PrintWriter out) {
    Gpu gpu = Gpu.find(Optional.empty());
    Instant date = Instant.now();
    Path folder = folder();
    List<Section> sections =
        sections(gpu, options, new Runs(program, folder, RUN_LIMIT)).stream()
            .filter(section -> options.only().contains(section.name()))
            .toList();
    List<SectionResult> results = new SectionRunner(new ReportTable(out)).run(sections);
    CheckResult result =
        new CheckResult(
            date,
            options.version(),
            gpu.info().name(),
            gpu.driverVersion(),
            options.small(),
            results);
    ReportJson.write(result, options.out());
    new ReportTable(out).end(result);
    if (result.count(Outcome.FAILED) == 0) {
      PrivateFolder.remove(folder);
    } else {
      out.println("the runs' files are in " + folder);
    }
    out.println("all figures are in " + options.out());
    out.flush();
    return result.passed() ? 0 : NOT_PASSED;
  }

  private static List<Section> sections(Gpu gpu, Options options, Runs runs) {
    SmallModel model = new SmallModel(options.small());
    List<Section> sections = new ArrayList<>();
    sections.add(new SmokeSection(gpu));
    sections.add(
        new KernelSection(
            bytes -> GpuLab.open(gpu, bytes, GpuLab.Products.EXACT), options.small()));
    sections.add(new LossSection(runs, subject(gpu), model));
    sections.add(new RanksSection(runs, subject(gpu), model));
    sections.add(new MemorySection(runs, subject(gpu), model));
    sections.add(new SpeedSection(runs, options.python(), gpu.info().name(), options.small()));
    return sections;
  }

  private static Subject subject(Gpu gpu) {
    return gpu.libraries().has(CudaLibrary.CUDNN) ? Subject.GPU.withCudnn() : Subject.GPU;
  }

  private static Path folder() {
    try {
      return Files.createTempDirectory("troupe-gpu-check-");
    } catch (IOException e) {
      throw new TroupeException(
          Category.RESOURCE, "no folder for the check's runs can be made: " + e.getMessage(), e);
    }
  }
}
