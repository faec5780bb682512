package dev.troupe.kernels.cuda;

import dev.troupe.collectives.device.BufferView;
import dev.troupe.collectives.device.DataType;
import dev.troupe.collectives.device.DeviceBuffer;
import dev.troupe.collectives.device.cuda.CudaBuffer;
import dev.troupe.collectives.device.cuda.CudaDevice;
import dev.troupe.collectives.device.cuda.CudaDriver;
import dev.troupe.collectives.device.cuda.CudaLibraries;
import dev.troupe.collectives.device.cuda.CudaLibrary;
import dev.troupe.collectives.device.cuda.EmulatedGpu;
import dev.troupe.tensor.Tensor;
import java.lang.foreign.MemorySegment;
import java.util.Optional;

/** An emulated GPU with copies of tensors of the CPU, byte for byte, gaps between rows included. */
public final class GpuMirror implements AutoCloseable {
  private static final long ARENA_BYTES = 96L << 20;
  private static final long TEMPORARY_BYTES = 8L << 20;

  private final EmulatedGpu gpu;
  private final CudaDevice device;
  private final CudaBuffer temporary;

  private GpuMirror(EmulatedGpu gpu, CudaDevice device) {
    this.gpu = gpu;
    this.device = device;
    temporary = device.allocate(TEMPORARY_BYTES);
  }

  /**
   * The first emulated GPU, with cuBLASLt loaded; skips the calling test where it cannot be built.
   */
  public static GpuMirror open() {
    EmulatedGpu gpu = EmulatedGpu.start();
    CudaLibraries libraries = CudaLibraries.find(Optional.of(gpu.folder()));
    CudaDriver driver = CudaDriver.start(libraries);
    libraries.load(CudaLibrary.CUBLAS_LT);
    return new GpuMirror(gpu, CudaDevice.open(driver, 0, ARENA_BYTES));
  }

  CudaDevice device() {
    return device;
  }

  CudaBuffer temporary() {
    return temporary;
  }

  /** Makes a call of a library fail. */
  void fail(String function, int nth, int code) {
    gpu.fail(function, nth, code);
  }

  /** Takes back the failures that did not come. */
  void reset() {
    gpu.reset();
  }

  /** A copy of a tensor of the CPU and of all of its buffer. */
  Tensor up(Tensor host) {
    CudaBuffer copy = device.allocate(host.buffer().bytes());
    device.write(bytes(host.buffer()), whole(copy));
    return new Tensor(copy, host.offset(), host.type(), host.rows(), host.cols(), host.stride());
  }

  /** Copies the whole buffer of a copy back to where it came from. */
  void down(Tensor copy, Tensor host) {
    device.read(whole(copy.buffer()), bytes(host.buffer()));
  }

  private static BufferView whole(DeviceBuffer buffer) {
    return new BufferView(buffer, 0, buffer.bytes(), DataType.INT8);
  }

  private static MemorySegment bytes(DeviceBuffer host) {
    return MemorySegment.ofAddress(host.address()).reinterpret(host.bytes());
  }

  @Override
  public void close() {
    device.close();
  }
}
