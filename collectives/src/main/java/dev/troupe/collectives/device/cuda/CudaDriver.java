package dev.troupe.collectives.device.cuda;

import dev.troupe.proto.error.TroupeException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import jcuda.driver.CUdevice;
import jcuda.driver.CUdevice_attribute;
import jcuda.driver.CUresult;
import jcuda.driver.JCudaDriver;

/** The CUDA driver of this process. Thread-safe. */
public final class CudaDriver {
  /** What CUDA 13's libraries need. */
  static final int LEAST_VERSION = 13000;

  private final int version;
  private final List<CUdevice> devices;
  private final List<GpuInfo> gpus;
  private final VirtualMemory virtualMemory;

  private CudaDriver(int version, List<CUdevice> devices, List<GpuInfo> gpus, Path library) {
    this.version = version;
    this.devices = List.copyOf(devices);
    this.gpus = List.copyOf(gpus);
    this.virtualMemory = new VirtualMemory(library);
  }

  /**
   * Loads and initialises the driver.
   *
   * @throws TroupeException with category RESOURCE when there is no driver or no GPU, with the
   *     reason and the remedy
   */
  public static CudaDriver start(CudaLibraries libraries) {
    libraries.load(CudaLibrary.DRIVER);
    Path library = libraries.file(CudaLibrary.DRIVER);
    initialise(library);
    int[] version = new int[1];
    check(JCudaDriver.cuDriverGetVersion(version), "cuDriverGetVersion");
    if (version[0] < LEAST_VERSION) {
      throw TroupeException.resource(
          "the driver %s is of CUDA %d.%d, but CUDA 13.0 is needed: install release 580 or newer"
              .formatted(library, version[0] / 1000, version[0] % 1000 / 10));
    }
    int[] count = new int[1];
    check(JCudaDriver.cuDeviceGetCount(count), "cuDeviceGetCount");
    List<CUdevice> devices = new ArrayList<>();
    List<GpuInfo> gpus = new ArrayList<>();
    for (int i = 0; i < count[0]; i++) {
      CUdevice device = new CUdevice();
      check(JCudaDriver.cuDeviceGet(device, i), "cuDeviceGet");
      devices.add(device);
      gpus.add(describe(device, i));
    }
    if (gpus.isEmpty()) {
      throw noGpu(library);
    }
    return new CudaDriver(version[0], devices, gpus, library);
  }

  private static void initialise(Path library) {
    int code = JCudaDriver.cuInit(0);
    if (code == CUresult.CUDA_ERROR_NO_DEVICE) {
      throw noGpu(library);
    }
    if (code != CUresult.CUDA_SUCCESS) {
      throw TroupeException.resource(
          "the CUDA driver %s does not start: cuInit failed with %s (%d); see whether nvidia-smi"
                  .formatted(library, CUresult.stringFor(code), code)
              + " works, and reload NVIDIA's driver or restart the machine if it does not");
    }
  }

  private static TroupeException noGpu(Path library) {
    return TroupeException.resource(
        "the CUDA driver %s finds no GPU: see what nvidia-smi -L lists, and whether"
                .formatted(library)
            + " CUDA_VISIBLE_DEVICES hides it; a container must be started with the GPU");
  }

  private static GpuInfo describe(CUdevice device, int index) {
    byte[] name = new byte[256];
    check(JCudaDriver.cuDeviceGetName(name, name.length, device), "cuDeviceGetName");
    int length = 0;
    while (length < name.length && name[length] != 0) {
      length++;
    }
    String[] bus = new String[1];
    check(JCudaDriver.cuDeviceGetPCIBusId(bus, 64, device), "cuDeviceGetPCIBusId");
    long[] memory = new long[1];
    check(JCudaDriver.cuDeviceTotalMem(memory, device), "cuDeviceTotalMem");
    return new GpuInfo(
        index,
        new String(name, 0, length, StandardCharsets.UTF_8),
        bus[0].toLowerCase(Locale.ROOT),
        attribute(device, CUdevice_attribute.CU_DEVICE_ATTRIBUTE_COMPUTE_CAPABILITY_MAJOR),
        attribute(device, CUdevice_attribute.CU_DEVICE_ATTRIBUTE_COMPUTE_CAPABILITY_MINOR),
        attribute(device, CUdevice_attribute.CU_DEVICE_ATTRIBUTE_MULTIPROCESSOR_COUNT),
        memory[0]);
  }

  private static int attribute(CUdevice device, int attribute) {
    int[] value = new int[1];
    check(JCudaDriver.cuDeviceGetAttribute(value, attribute, device), "cuDeviceGetAttribute");
    return value[0];
  }

  private static void check(int code, String call) {
    if (code != CUresult.CUDA_SUCCESS) {
      throw CudaErrors.of(code, call);
    }
  }

  /** CUDA version that the driver supports, 1000 * major + 10 * minor: 13000 for 13.0. */
  public int version() {
    return version;
  }

  /** The GPUs that this process may use, by index. */
  public List<GpuInfo> gpus() {
    return gpus;
  }

  /**
   * The GPU of an index.
   *
   * @throws TroupeException with category RESOURCE when there are not so many
   */
  public GpuInfo gpu(int index) {
    if (index < 0 || index >= gpus.size()) {
      throw TroupeException.resource(
          "there is no GPU %d: this process may use %d".formatted(index, gpus.size()));
    }
    return gpus.get(index);
  }

  CUdevice device(int index) {
    return devices.get(index);
  }

  VirtualMemory virtualMemory() {
    return virtualMemory;
  }
}
