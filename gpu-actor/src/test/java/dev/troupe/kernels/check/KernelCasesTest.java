package dev.troupe.kernels.check;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.troupe.collectives.device.DataType;
import dev.troupe.collectives.device.cpu.CpuDevice;
import dev.troupe.kernels.Accumulate;
import dev.troupe.kernels.Kernels;
import dev.troupe.kernels.cpu.CpuKernels;
import dev.troupe.tensor.Tensor;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class KernelCasesTest {
  private static final List<KernelCase> CASES = KernelCases.all(false);

  private final CpuDevice device = new CpuDevice("cpu:test", 1);
  private final CpuDevice other = new CpuDevice("cpu:other", 2);
  private final Kernels kernels = new CpuKernels(device);
  private final Kernels otherKernels = new CpuKernels(other);
  private final Backend backend = new Backend(device, kernels, KernelCases.bytes(false));

  @AfterEach
  void close() {
    backend.close();
    kernels.close();
    otherKernels.close();
    device.close();
    other.close();
  }

  /** What happens to a call before it is made; false: it is not made. */
  private interface Intercepted {
    boolean before(String method, Object[] arguments);
  }

  private Kernels intercepted(Intercepted interception) {
    return (Kernels)
        Proxy.newProxyInstance(
            Kernels.class.getClassLoader(),
            new Class<?>[] {Kernels.class},
            (proxy, method, arguments) -> {
              if (!interception.before(method.getName(), arguments)) {
                return null;
              }
              try {
                return method.invoke(kernels, arguments);
              } catch (InvocationTargetException e) {
                throw e.getCause();
              }
            });
  }

  private static List<String> failures(List<KernelCase> cases, Backend expected, Backend actual) {
    return cases.stream()
        .filter(
            each ->
                !KernelCase.compare(each.run(expected), each.run(actual)).stream()
                    .allMatch(Comparison::ok))
        .map(KernelCase::toString)
        .toList();
  }

  @Test
  void theCpuMeetsItselfToTheBitWithAnyNumberOfThreads() {
    try (Backend threads = new Backend(other, otherKernels, KernelCases.bytes(false))) {
      for (KernelCase each : CASES) {
        for (Comparison c : KernelCase.compare(each.run(backend), each.run(threads))) {
          assertEquals(0, c.error(), each + ": " + c.output());
        }
      }
    }
  }

  @Test
  void everyKernelIsCalledInBothTypesAndNamesAreUnique() {
    Set<String> called = new TreeSet<>();
    Kernels recorder =
        intercepted(
            (method, arguments) -> {
              called.add(method);
              return true;
            });
    try (Backend recording = new Backend(device, recorder, KernelCases.bytes(false))) {
      CASES.forEach(each -> each.run(recording));
    }
    Set<String> all =
        Arrays.stream(Kernels.class.getDeclaredMethods())
            .filter(method -> method.getReturnType() == void.class) // others only tell something
            .map(method -> method.getName())
            .filter(name -> !name.equals("close"))
            .collect(Collectors.toCollection(TreeSet::new));
    assertEquals(all, called);
    Set<String> checked =
        CASES.stream().map(KernelCase::kernel).collect(Collectors.toCollection(TreeSet::new));
    assertEquals(all, checked);
    Set<String> names = new HashSet<>();
    CASES.forEach(each -> assertTrue(names.add(each.toString()), each.toString()));
    for (String kernel : Set.of("matmul", "attentionBackward", "adamw", "rope", "embedding")) {
      for (String type : List.of("fp32", "bf16")) {
        assertTrue(names.stream().anyMatch(n -> n.startsWith(kernel) && n.contains(type)), kernel);
      }
    }
  }

  @Test
  void aKernelThatDoesNothingFails() {
    Set<String> kernelNames =
        CASES.stream().map(KernelCase::kernel).collect(Collectors.toCollection(TreeSet::new));
    for (String kernel : kernelNames) {
      List<KernelCase> own = CASES.stream().filter(c -> c.kernel().equals(kernel)).toList();
      Kernels lazy = intercepted((method, arguments) -> !method.equals(kernel));
      try (Backend broken = new Backend(device, lazy, KernelCases.bytes(false))) {
        assertEquals(own.size(), failures(own, backend, broken).size(), kernel);
      }
    }
  }

  @Test
  void aKernelThatIgnoresAccumulationOrWritesBesideItsRowsFails() {
    List<KernelCase> adds =
        CASES.stream()
            .filter(c -> c.kernel().equals("matmul") && c.details().startsWith("ADD "))
            .toList();
    assertFalse(adds.isEmpty());
    Kernels assigns =
        intercepted(
            (method, arguments) -> {
              if (method.equals("matmul")) {
                arguments[4] = Accumulate.ASSIGN;
              }
              return true;
            });
    try (Backend broken = new Backend(device, assigns, KernelCases.bytes(false))) {
      assertEquals(adds.size(), failures(adds, backend, broken).size());
    }
    Kernels spills =
        intercepted(
            (method, arguments) -> {
              if (method.equals("zero")) {
                Tensor y = (Tensor) arguments[0];
                arguments[0] =
                    new Tensor(
                        y.buffer(), y.offset(), y.type(), y.rows(), y.cols() + 1, y.stride());
              }
              return true;
            });
    List<KernelCase> zeros = CASES.stream().filter(c -> c.kernel().equals("zero")).toList();
    try (Backend broken = new Backend(device, spills, KernelCases.bytes(false))) {
      assertEquals(zeros.size(), failures(zeros, backend, broken).size());
    }
  }

  @Test
  void errorsAreMeasuredAgainstTheSizeOfTheWhole() {
    Values expected = new Values(1, 4, new double[] {100, 0.001, Double.NEGATIVE_INFINITY, 100});
    Values near = new Values(1, 4, new double[] {100, 0.002, Double.NEGATIVE_INFINITY, 100});
    Values far = new Values(1, 4, new double[] {100, 1, Double.NEGATIVE_INFINITY, 100});
    Values nan = new Values(1, 4, new double[] {100, Double.NaN, Double.NEGATIVE_INFINITY, 100});
    Bound bound = Bound.of(DataType.FLOAT32);
    assertEquals(0, bound.error(expected, expected));
    assertEquals(0.001 / Math.sqrt(5000), bound.error(expected, near), 2e-6);
    assertEquals(1 / Math.sqrt(5000), bound.error(expected, far), 1e-3);
    assertEquals(Double.POSITIVE_INFINITY, bound.error(expected, nan));
    assertEquals(Double.POSITIVE_INFINITY, Bound.finite().error(expected, nan));
    assertFalse(new Comparison("x", 1e-4, bound).ok());
    assertEquals(10, new Comparison("x", 1e-4, bound).share(), 1e-9);
  }
}
