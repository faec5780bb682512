package dev.troupe.deploy.gpucheck;

import dev.troupe.collectives.device.BufferView;
import dev.troupe.collectives.device.DataType;
import dev.troupe.collectives.device.cuda.Capabilities;
import dev.troupe.collectives.device.cuda.CudaBuffer;
import dev.troupe.collectives.device.cuda.CudaDevice;
import dev.troupe.collectives.device.cuda.CudaEvent;
import dev.troupe.collectives.device.cuda.CudaLibraries;
import dev.troupe.collectives.device.cuda.CudaLibrary;
import dev.troupe.collectives.device.cuda.CudaStream;
import dev.troupe.collectives.device.cuda.FoundLibrary;
import dev.troupe.collectives.device.cuda.GpuInfo;
import dev.troupe.deploy.lab.Gpu;
import dev.troupe.proto.config.ByteSize;
import dev.troupe.proto.error.TroupeException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.List;
import java.util.SplittableRandom;

/**
 * a: the GPU, its driver and libraries; memory, streams and events.
 *
 * @param gpu the GPU
 */
record SmokeSection(Gpu gpu) implements Section {
  private static final long BYTES = (1 << 20) + 4;

  @Override
  public char name() {
    return 'a';
  }

  @Override
  public String title() {
    return "the GPU, its driver and libraries; memory and streams";
  }

  @Override
  public void run(Report report) {
    GpuInfo info = gpu.info();
    report.fact("GPU", info.name());
    report.fact("GPUs of this process", Integer.toString(gpu.driver().gpus().size()));
    report.atLeast("architecture", info.architecture(), Capabilities.LEAST_ARCHITECTURE, "");
    report.figure("multiprocessors", info.multiprocessors(), "");
    report.fact("memory", ByteSize.text(info.memoryBytes()));
    report.fact("CUDA of the driver", gpu.driverVersion());
    for (CudaLibrary library :
        List.of(CudaLibrary.CUBLAS_LT, CudaLibrary.NCCL, CudaLibrary.CUDNN)) {
      library(library, report);
    }
    try (CudaDevice device = CudaDevice.open(gpu.driver(), info.index(), 4 * BYTES)) {
      memory(device, report);
      streams(device, report);
    }
  }

  private void library(CudaLibrary library, Report report) {
    if (!gpu.libraries().has(library) && library == CudaLibrary.CUDNN) {
      report.skipped(library.soname(), "not found: attention kernels of our own take its place");
      return;
    }
    try {
      gpu.libraries().load(library);
      int version = gpu.libraries().version(library);
      report.fact(library.soname(), CudaLibraries.versionText(library, version), place(library));
    } catch (TroupeException e) {
      report.failed(library.soname(), String.valueOf(e.getMessage()));
    }
  }

  private String place(CudaLibrary library) {
    FoundLibrary found = gpu.libraries().found().get(library);
    return found == null ? "" : "%s (%s)".formatted(found.file(), found.place());
  }

  private static void memory(CudaDevice device, Report report) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment sent = random(arena);
      MemorySegment got = arena.allocate(BYTES, Long.BYTES);
      CudaBuffer first = device.allocate(BYTES);
      CudaBuffer second = device.allocate(BYTES);
      device.read(all(first), got);
      long zeros = got.mismatch(arena.allocate(BYTES, Long.BYTES));
      report.holds("new memory is zero", zeros < 0, "", "", "byte " + zeros + " is not");
      device.write(sent, all(first));
      device.compute().copy(second.address(), first.address(), BYTES);
      device.read(all(second), got);
      long differs = got.mismatch(sent);
      report.holds("bytes come back: host, GPU, GPU, host", differs < 0, "", "", "byte " + differs);
    }
  }

  /** A second stream waits for the first one's copies before it zeroes what they wrote. */
  private static void streams(CudaDevice device, Report report) {
    try (Arena arena = Arena.ofConfined();
        CudaStream other = device.newUrgentStream();
        CudaEvent begin = device.compute().newEvent();
        CudaEvent end = device.compute().newEvent()) {
      MemorySegment got = arena.allocate(BYTES, Long.BYTES);
      CudaBuffer buffer = device.allocate(BYTES);
      begin.record(device.compute());
      device.write(random(arena), all(buffer));
      end.record(device.compute());
      other.await(end);
      other.zero(buffer.address(), BYTES / 2);
      other.synchronize();
      device.read(all(buffer), got);
      long firstSet = got.mismatch(arena.allocate(BYTES, Long.BYTES));
      report.holds(
          "streams wait for each other's events",
          firstSet >= BYTES / 2,
          "",
          "",
          "byte %d was written late".formatted(firstSet));
      report.holds(
          "events tell times",
          begin.isDone() && end.millisecondsSince(begin) >= 0,
          "",
          "",
          "a copy that ended took no time");
    }
  }

  private static MemorySegment random(Arena arena) {
    MemorySegment bytes = arena.allocate(BYTES, Long.BYTES);
    SplittableRandom random = new SplittableRandom(1);
    for (long i = 0; i < BYTES; i++) {
      bytes.set(ValueLayout.JAVA_BYTE, i, (byte) (1 + random.nextInt(255)));
    }
    return bytes;
  }

  private static BufferView all(CudaBuffer buffer) {
    return new BufferView(buffer, 0, buffer.bytes(), DataType.INT8);
  }
}
