package dev.troupe.kernels.cuda;

import static java.util.stream.Collectors.toMap;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;

/** Reads what ptxas said of each kernel when this build compiled it. */
class RegisterBudgetTest {
  private static final Path REPORT = Path.of("target/cuda/ptxas.txt");
  private static final Path BUDGETS = Path.of("src/test/resources/cuda/registers.txt");
  private static final Pattern KERNEL =
      Pattern.compile("Compiling entry function '(\\w+)' for '(sm_\\d+)'");
  private static final Pattern SPILLS =
      Pattern.compile("(\\d+) bytes spill stores, (\\d+) bytes spill loads");
  private static final Pattern REGISTERS = Pattern.compile("Used (\\d+) registers");

  private record Budget(int registers, int spillBytes) {}

  private record Compiled(String kernel, String architecture, int registers, int spillBytes) {}

  private static Map<String, Budget> budgets() throws IOException {
    try (Stream<String> lines = Files.lines(BUDGETS)) {
      return lines
          .filter(line -> !line.startsWith("#"))
          .map(line -> List.of(line.split(" ", -1)))
          .collect(
              toMap(
                  List::getFirst,
                  words ->
                      new Budget(
                          Integer.parseInt(words.get(1)),
                          words.size() > 2 ? Integer.parseInt(words.get(2)) : 0)));
    }
  }

  private static List<Compiled> report() throws IOException {
    List<Compiled> compiled = new ArrayList<>();
    String kernel = "";
    String architecture = "";
    int spills = 0;
    for (String line : Files.readAllLines(REPORT)) {
      Matcher entry = KERNEL.matcher(line);
      Matcher spilled = SPILLS.matcher(line);
      Matcher used = REGISTERS.matcher(line);
      if (entry.find()) {
        kernel = entry.group(1);
        architecture = entry.group(2);
        spills = 0;
      } else if (spilled.find()) {
        spills = Math.max(Integer.parseInt(spilled.group(1)), Integer.parseInt(spilled.group(2)));
      } else if (used.find()) {
        compiled.add(new Compiled(kernel, architecture, Integer.parseInt(used.group(1)), spills));
      }
    }
    return compiled;
  }

  @Test
  void kernelsStayWithinTheirRegisters() throws IOException {
    Assumptions.assumeTrue(
        Files.exists(REPORT), "nvcc is not on this machine: no report of registers");
    Map<String, Budget> budgets = budgets();
    List<Compiled> compiled = report();
    Set<String> architectures = new TreeSet<>();
    Set<String> kernels = new TreeSet<>();
    for (Compiled c : compiled) {
      architectures.add(c.architecture());
      kernels.add(c.kernel());
      Budget budget = budgets.get(c.kernel());
      assertTrue(
          budget != null
              && c.registers() <= budget.registers()
              && c.spillBytes() <= budget.spillBytes(),
          () -> c + ", but " + BUDGETS + " allows " + budget);
    }
    assertEquals(Set.of("sm_80", "sm_90"), architectures);
    assertEquals(new TreeSet<>(budgets.keySet()), kernels, "kernels of the budget and compiled");
  }
}
