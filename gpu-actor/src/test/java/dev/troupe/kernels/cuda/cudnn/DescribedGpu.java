package dev.troupe.kernels.cuda.cudnn;

/** A GPU that is not here, as cuDNN's own description of device properties has it. */
enum DescribedGpu {
  H200(90, 132, 232_448, 150_000_000_000L, 62_914_560, 1_980_000, 3_201_000),
  A100(80, 108, 166_912, 85_000_000_000L, 41_943_040, 1_410_000, 1_593_000);

  private final int architecture;
  private final int multiprocessors;
  private final int sharedBytes;
  private final long memoryBytes;
  private final int cacheBytes;
  private final int clockKhz;
  private final int memoryClockKhz;

  DescribedGpu(
      int architecture,
      int multiprocessors,
      int sharedBytes,
      long memoryBytes,
      int cacheBytes,
      int clockKhz,
      int memoryClockKhz) {
    this.architecture = architecture;
    this.multiprocessors = multiprocessors;
    this.sharedBytes = sharedBytes;
    this.memoryBytes = memoryBytes;
    this.cacheBytes = cacheBytes;
    this.clockKhz = clockKhz;
    this.memoryClockKhz = memoryClockKhz;
  }

  int architecture() {
    return architecture;
  }

  String json() {
    return """
    {"maxGridSize":[2147483647,65535,65535],"maxBlockSize":[1024,1024,64],"regsPerBlock":65536,\
    "multiProcessorCount":%d,"warpSize":32,"maxSharedMemoryPerBlock":49152,\
    "maxSharedMemoryPerBlockOptin":%d,"reservedSharedMemoryPerBlock":1024,\
    "maxRegistersPerSM":65536,"maxCtasPerSM":32,"maxThreadsPerBlock":1024,\
    "maxThreadsPerSM":2048,"pciDeviceId":0,"isTccDriver":0,"supportCoopLaunch":1,\
    "totalGlobalMem":%d,"smClockRateKHz":%d,"memClockRateKHz":%d,"l2CacheSize":%d,\
    "cudaDeviceId":0,"deviceVer":%d,"driverVer":13000,"smCountOrigin":0,\
    "deviceName":"NVIDIA %s"}"""
        .formatted(
            multiprocessors,
            sharedBytes,
            memoryBytes,
            clockKhz,
            memoryClockKhz,
            cacheBytes,
            10 * architecture,
            name());
  }
}
