package dev.troupe.deploy.gpucheck;

import dev.troupe.kernels.check.Backend;
import dev.troupe.kernels.check.Bound;
import dev.troupe.kernels.check.Comparison;
import dev.troupe.kernels.check.KernelCase;
import dev.troupe.kernels.check.Output;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Sums up the cases of one kernel. */
final class KernelTally {
  private static final int SHOWN = 4;
  private static final Bound BITS = new Bound(0, Bound.Measure.ELEMENT);

  private int cases;
  private double worst;
  private final List<String> failures = new ArrayList<>();

  void add(KernelCase each, Backend expected, Backend actual) {
    cases++;
    try {
      List<Output> reference = each.run(expected);
      List<Output> first = each.run(actual);
      for (Comparison comparison : KernelCase.compare(reference, first)) {
        worst = Math.max(worst, comparison.share());
        if (!comparison.ok()) {
          failures.add(
              String.format(
                  Locale.ROOT,
                  "%s: %s is off by %.3g, more than %.3g",
                  each,
                  comparison.output(),
                  comparison.error(),
                  comparison.bound().limit()));
        }
      }
      List<Output> second = each.run(actual);
      for (int i = 0; i < first.size(); i++) {
        if (BITS.error(first.get(i).values(), second.get(i).values()) != 0) {
          failures.add(
              "%s: %s is another one the second time".formatted(each, first.get(i).name()));
        }
      }
    } catch (RuntimeException e) {
      worst = Double.POSITIVE_INFINITY;
      failures.add(each + ": " + e);
    }
  }

  void report(String group, Report report) {
    String check = "%s, %d cases, worst error over bound".formatted(group, cases);
    if (failures.isEmpty()) {
      report.atMost(check, worst, 1, "");
      return;
    }
    List<String> shown = failures.subList(0, Math.min(SHOWN, failures.size()));
    String rest = failures.size() > SHOWN ? "\nand %d more".formatted(failures.size() - SHOWN) : "";
    report.failed(check, String.join("\n", shown) + rest);
  }
}
