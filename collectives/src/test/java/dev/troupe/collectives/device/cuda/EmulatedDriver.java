package dev.troupe.collectives.device.cuda;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** The product's driver on emulated GPUs, and what it holds of them. */
record EmulatedDriver(EmulatedGpu gpu, CudaLibraries libraries, CudaDriver driver) {
  private static final List<String> HELD =
      List.of(
          "bytes", "reservations", "hostAllocations", "streams", "events", "modules", "contexts");

  static EmulatedDriver start() {
    EmulatedGpu gpu = EmulatedGpu.start();
    CudaLibraries libraries = CudaLibraries.find(Optional.of(gpu.folder()));
    return new EmulatedDriver(gpu, libraries, CudaDriver.start(libraries));
  }

  /** A device with a small arena on GPU 0. */
  CudaDevice open(long arenaBytes) {
    return CudaDevice.open(driver, 0, arenaBytes);
  }

  /** What is held now, by kind. */
  Map<String, Long> held() {
    Map<String, Long> held = new TreeMap<>();
    HELD.forEach(kind -> held.put(kind, gpu.stat(kind)));
    return held;
  }

  /** A failure's message. */
  static String text(Throwable failure) {
    return String.valueOf(failure.getMessage());
  }
}
