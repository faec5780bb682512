package dev.troupe.deploy.gpucheck;

import dev.troupe.collectives.device.cpu.CpuDevice;
import dev.troupe.deploy.lab.Lab;
import dev.troupe.kernels.check.Backend;
import dev.troupe.kernels.check.KernelCase;
import dev.troupe.kernels.check.KernelCases;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.LongFunction;

/**
 * b: every kernel against the CPU's, and against itself, which must give the same bits.
 *
 * @param gpu opens the device under check with so many bytes for tensors
 * @param small whether to leave out the sizes of large models
 */
record KernelSection(LongFunction<? extends Lab<?>> gpu, boolean small) implements Section {

  @Override
  public char name() {
    return 'b';
  }

  @Override
  public String title() {
    return "every kernel and matrix product against the CPU";
  }

  @Override
  public void run(Report report) {
    long bytes = KernelCases.bytes(!small);
    Map<String, KernelTally> tallies = new LinkedHashMap<>();
    try (Lab<CpuDevice> cpu = Lab.cpu();
        Backend expected = new Backend(cpu.device(), cpu.kernels(), bytes);
        Lab<?> lab = gpu.apply(bytes);
        Backend actual = new Backend(lab.device(), lab.kernels(), bytes)) {
      for (KernelCase each : KernelCases.all(!small)) {
        tallies
            .computeIfAbsent(each.group(), group -> new KernelTally())
            .add(each, expected, actual);
      }
    }
    tallies.forEach((group, tally) -> tally.report(group, report));
  }
}
