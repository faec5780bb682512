package dev.troupe.deploy.gpucheck;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.troupe.deploy.Main;
import dev.troupe.deploy.lab.Lab;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Sections whose subject is the CPU itself, through the same child processes as on a GPU. */
class SectionsTest {
  private static final Subject CPU =
      new Subject(List.of("device=cpu"), List.of("device=cpu"), List.of());
  private static final Duration LIMIT = Duration.ofSeconds(60);
  private static final SmallModel MODEL = new SmallModel(true);

  @TempDir Path folder;

  private final StringWriter shown = new StringWriter();

  private Runs runs() {
    return new Runs(Main.class, folder, LIMIT);
  }

  private SectionResult run(Section section) {
    ReportTable table = new ReportTable(new PrintWriter(shown));
    return new SectionRunner(table).run(List.of(section)).getFirst();
  }

  @Test
  void theCpusKernelsMeetTheirOwn() {
    SectionResult result = run(new KernelSection(bytes -> Lab.cpu(), true));
    assertEquals(0, result.count(Outcome.FAILED), shown::toString);
    assertTrue(result.findings().size() > 30, shown::toString);
  }

  @Test
  void lossesOfTheCpuAreItsOwn() {
    SectionResult result = run(new LossSection(runs(), CPU, MODEL));
    assertEquals(0, result.count(Outcome.FAILED), shown::toString);
    assertEquals(5, result.count(Outcome.OK), shown::toString);
  }
}
