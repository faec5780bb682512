package dev.troupe.collectives.device.cuda;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.SymbolLookup;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Assumptions;

/**
 * GPUs that are threads and memory of this process: a folder of libraries that stand for CUDA's, so
 * that the product's code runs against them as it would against NVIDIA's. Built from {@code
 * collectives/src/test/cpp} when first asked for.
 *
 * <p>The environment says what there is: {@code TROUPE_EMULATOR_GPUS} (4), {@code
 * TROUPE_EMULATOR_MEMORY} (bytes a GPU), {@code TROUPE_EMULATOR_ARCH} (80), {@code
 * TROUPE_EMULATOR_JITTER_US}, {@code TROUPE_EMULATOR_NCCL} (22809), and {@code
 * TROUPE_EMULATOR_FAIL} ({@code function:nth:code,...}) for processes that a test starts.
 *
 * <p>One to a JVM, as the driver is; thread-safe.
 */
public final class EmulatedGpu {
  private static final String SOURCES = "collectives/src/test/cpp";

  private static @Nullable EmulatedGpu started;

  private final Path folder;
  private final MethodHandle fail;
  private final MethodHandle hang;
  private final MethodHandle jitter;
  private final MethodHandle reset;
  private final MethodHandle stat;

  private EmulatedGpu(Path folder) {
    this.folder = folder;
    SymbolLookup driver =
        SymbolLookup.libraryLookup(folder.resolve("libcuda.so.1"), Arena.global());
    var text = ValueLayout.ADDRESS;
    var number = ValueLayout.JAVA_INT;
    fail = function(driver, "emulator_fail", FunctionDescriptor.ofVoid(text, number, number));
    hang = function(driver, "emulator_hang", FunctionDescriptor.ofVoid(number));
    jitter = function(driver, "emulator_jitter", FunctionDescriptor.ofVoid(number));
    reset = function(driver, "emulator_reset", FunctionDescriptor.ofVoid());
    stat = function(driver, "emulator_stat", FunctionDescriptor.of(ValueLayout.JAVA_LONG, text));
  }

  private static MethodHandle function(SymbolLookup in, String name, FunctionDescriptor type) {
    return Linker.nativeLinker().downcallHandle(in.findOrThrow(name), type);
  }

  /**
   * The emulated GPUs, without faults left from before. Skips the calling test, with a message,
   * where they cannot be built.
   */
  public static synchronized EmulatedGpu start() {
    EmulatedGpu gpu = started;
    if (gpu == null) {
      gpu = new EmulatedGpu(build());
      started = gpu;
    }
    gpu.reset();
    return gpu;
  }

  /** Holds {@code libcuda.so.1} and the others. */
  public Path folder() {
    return folder;
  }

  /**
   * Makes a call fail. An error that spoils the context, such as 700 or 719, comes from work in a
   * stream when its turn comes: the launch itself is accepted.
   *
   * @param function for example {@code cuMemCreate}, {@code ncclAllReduce}
   * @param nth 1 for the next call
   * @param code what the call returns
   */
  public void fail(String function, int nth, int code) {
    try (Arena arena = Arena.ofConfined()) {
      call(fail, arena.allocateFrom(function), nth, code);
    }
  }

  /**
   * Makes a kernel run without end, until the reset.
   *
   * @param nthLaunch 1 for the next launch
   */
  public void hang(int nthLaunch) {
    call(hang, nthLaunch);
  }

  /** Delays each item of each stream by a random time of up to so many microseconds. */
  public void jitter(int micros) {
    call(jitter, micros);
  }

  /** Takes back faults, hangs and jitter, makes spoilt contexts usable, counts from zero again. */
  public void reset() {
    call(reset);
  }

  /**
   * How many there are now: {@code bytes} of GPU memory, {@code reservations} of addresses, {@code
   * hostAllocations}, {@code streams}, {@code events}, {@code modules}, {@code contexts}
   * (retained), {@code communicators}, {@code matmulObjects} (handles, descriptors, layouts,
   * preferences); and since the reset: {@code launches}, {@code copies}.
   */
  public long stat(String name) {
    try (Arena arena = Arena.ofConfined()) {
      long value = (Long) call(stat, arena.allocateFrom(name));
      if (value < 0) {
        throw new IllegalArgumentException("no such figure: " + name);
      }
      return value;
    }
  }

  private static Object call(MethodHandle function, Object... arguments) {
    try {
      return function.invokeWithArguments(arguments);
    } catch (Throwable e) {
      throw new IllegalStateException(e);
    }
  }

  private static Path build() {
    boolean linux = System.getProperty("os.name").equals("Linux");
    Assumptions.assumeTrue(
        linux && System.getProperty("os.arch").equals("amd64"),
        "The emulated GPU needs Linux on x86-64");
    Assumptions.assumeTrue(hasCompiler(), "The emulated GPU needs g++ in the PATH");
    Path module = Path.of("").toAbsolutePath();
    Path root = rootOf(module);
    Path own = module.resolve("src/test/cuda/kernels.cu");
    Path product = root.resolve("gpu-actor/src/main/cuda/kernels.cu");
    List<String> command = new ArrayList<>();
    command.add(sources().resolve("build.sh").toString());
    Path folder;
    if (Files.exists(own)) {
      folder = module.resolve("target/emulated-gpu");
      command.addAll(List.of(folder.toString(), own.toString()));
    } else if (Files.exists(product)) {
      folder = root.resolve("gpu-actor/target/emulated-gpu");
      command.addAll(List.of(folder.toString(), product.toString()));
    } else {
      folder = root.resolve("collectives/target/emulated-gpu");
      command.add(folder.toString());
    }
    Output output = run(command);
    if (output.status() != 0) {
      throw new IllegalStateException("The emulated GPU does not build:\n" + output.text());
    }
    return folder;
  }

  /** Where the emulator's sources and scripts are. */
  static Path sources() {
    return rootOf(Path.of("").toAbsolutePath()).resolve(SOURCES);
  }

  /** The project's folder; tests run in a module's. */
  private static Path rootOf(Path module) {
    for (Path at = module; at != null; at = at.getParent()) {
      if (Files.exists(at.resolve(SOURCES))) {
        return at;
      }
    }
    throw new IllegalStateException(SOURCES + " is in no folder above " + module);
  }

  private static boolean hasCompiler() {
    try {
      return run(List.of("g++", "--version")).status() == 0;
    } catch (UncheckedIOException e) {
      return false;
    }
  }

  private record Output(int status, String text) {}

  private static Output run(List<String> command) {
    try {
      Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
      process.getOutputStream().close();
      String text = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      return new Output(process.waitFor(), text);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted", e);
    }
  }
}
