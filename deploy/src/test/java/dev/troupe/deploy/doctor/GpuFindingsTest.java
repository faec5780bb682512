package dev.troupe.deploy.doctor;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.troupe.collectives.device.cuda.CudaLibraries;
import dev.troupe.collectives.device.cuda.CudaLibrary;
import dev.troupe.collectives.device.cuda.EmulatedGpu;
import dev.troupe.deploy.host.Cpu;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the doctor says of GPUs: emulated ones, none, and libraries that are damaged. */
class GpuFindingsTest {
  @TempDir Path folder;

  private static GpuLibrary library(GpuFindings findings, String name) {
    @Nullable GpuLibrary library = findings.libraries().get(name);
    assertNotNull(library);
    return library;
  }

  private static String print(GpuFindings findings) {
    DoctorReport report =
        new DoctorReport("25", "/java", "Linux", Cpu.read(), 1, 1, "runs", 1, null, findings);
    StringWriter text = new StringWriter();
    DoctorText.print(report, new PrintWriter(text));
    return text.toString();
  }

  @Test
  void shouldListGpusAndLibrariesWithTheirVersions() {
    Path emulated = EmulatedGpu.start().folder();

    GpuFindings findings = GpuFindings.inspect(CudaLibraries.find(Optional.of(emulated)));

    assertEquals(
        new GpuLibrary(
            emulated.resolve("libnccl.so.2").toString(), "the configured folder", "2.28.9", null),
        library(findings, "libnccl"));
    assertEquals("13.0", library(findings, "libcuda").version());
    assertEquals(4, findings.gpus().size());
    assertNull(findings.problem());
    List<String> off = findings.gpus().getFirst().off();
    assertTrue(off.getLast().contains("libnccl.so.2 is 2.28.9, and 2.29.2"), off::toString);
    String text = print(findings);
    assertTrue(text.contains("libcublasLt   13.1.1, " + emulated), text);
    assertTrue(
        text.contains(
            "GPU           cuda:3 (Emulated GPU), compute capability 8.0, 108 multiprocessors, 2.0"
                + " GiB, 0000:04:00.0"),
        text);
  }

  @Test
  void shouldSayWhatIsMissing() {
    Map<CudaLibrary, String> missing = Map.of(CudaLibrary.DRIVER, "libcuda.so.1 was not found");

    GpuFindings findings = GpuFindings.inspect(new CudaLibraries(Map.of(), missing));

    assertEquals(List.of(), findings.gpus());
    assertEquals("libcuda.so.1 was not found", findings.problem());
    assertTrue(print(findings).contains("GPU           none: libcuda.so.1 was not found"));
  }

  @Test
  void shouldReportADamagedLibrary() throws IOException {
    Path file = Files.writeString(folder.resolve("libnccl.so.2"), "damaged");

    GpuFindings findings = GpuFindings.inspect(CudaLibraries.find(Optional.of(folder)));

    GpuLibrary nccl = library(findings, "libnccl");
    assertEquals(file.toString(), nccl.file());
    assertNull(nccl.version());
    String problem = String.valueOf(nccl.problem());
    assertTrue(problem.startsWith("cannot load " + file + ": it is cut short"), problem);
    assertTrue(print(findings).contains(problem));
  }
}
