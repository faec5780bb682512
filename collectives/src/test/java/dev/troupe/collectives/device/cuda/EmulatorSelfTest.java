package dev.troupe.collectives.device.cuda;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/** The emulated GPU's own test, a program of its own: what other tests lean on. */
class EmulatorSelfTest {
  @Test
  void shouldOrderWorkComputeProductsAndJoinThreadsAndProcesses() throws Exception {
    Path folder = EmulatedGpu.start().folder();
    Process process =
        new ProcessBuilder(
                EmulatedGpu.sources().resolve("selftest.sh").toString(), folder.toString())
            .redirectErrorStream(true)
            .start();
    process.getOutputStream().close();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);

    assertEquals(0, process.waitFor(), output);
  }
}
