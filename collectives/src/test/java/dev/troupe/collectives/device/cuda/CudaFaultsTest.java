package dev.troupe.collectives.device.cuda;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.troupe.collectives.device.BufferView;
import dev.troupe.collectives.device.DataType;
import dev.troupe.proto.error.Category;
import dev.troupe.proto.error.TroupeException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Map;
import jcuda.driver.CUresult;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Each call of the driver fails in turn: the failure names it, and nothing stays behind. */
class CudaFaultsTest {
  private static final int FAILURE = CUresult.CUDA_ERROR_ILLEGAL_STATE;

  private EmulatedDriver emulated;
  private Map<String, Long> before;

  @BeforeEach
  void start() {
    emulated = EmulatedDriver.start();
    before = emulated.held();
  }

  @AfterEach
  void reset() {
    emulated.gpu().reset();
  }

  /** Every call of a device's life. */
  private void use() {
    try (CudaDevice device = emulated.open(4 << 20);
        Arena arena = Arena.ofConfined()) {
      CudaKernel kernel = device.load(new byte[] {1}).kernel("block_sum");
      CudaStream stream = device.newStream();
      CudaBuffer buffer = device.allocate(1024);
      MemorySegment host = arena.allocate(1024);
      BufferView view = new BufferView(buffer, 0, 1024, DataType.INT8);
      device.write(host, view);
      kernel.pointer(buffer.address()).pointer(buffer.address()).i32(1);
      kernel.launch(device.compute(), 1, 1, 32, 64 << 10);
      stream.await(device.compute().record());
      stream.copy(buffer.address(), buffer.address() + 512, 512);
      stream.synchronize();
      device.read(view, host);
      CudaEvent first = stream.newEvent();
      CudaEvent second = stream.newEvent();
      first.record(stream);
      second.record(stream);
      second.synchronize();
      second.isDone();
      second.millisecondsSince(first);
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "cuDevicePrimaryCtxRetain",
        "cuCtxSetCurrent",
        "cuCtxGetStreamPriorityRange",
        "cuMemHostAlloc",
        "cuMemGetInfo",
        "cuDeviceGetAttribute",
        "cuMemGetAllocationGranularity",
        "cuMemAddressReserve",
        "cuMemCreate",
        "cuMemMap",
        "cuMemSetAccess",
        "cuStreamCreateWithPriority",
        "cuModuleLoadData",
        "cuModuleGetFunction",
        "cuMemsetD8Async",
        "cuMemcpyHtoDAsync",
        "cuMemcpyDtoHAsync",
        "cuMemcpyDtoDAsync",
        "cuFuncSetAttribute",
        "cuLaunchKernel",
        "cuEventRecord",
        "cuStreamWaitEvent",
        "cuStreamSynchronize",
        "cuEventSynchronize",
        "cuEventQuery",
        "cuEventElapsedTime"
      })
  void shouldReleaseEverythingWhenACallFails(String call) {
    emulated.gpu().fail(call, 1, FAILURE);
    CudaFailedException failure = assertThrows(CudaFailedException.class, this::use);

    assertTrue(EmulatedDriver.text(failure).startsWith(call + " "), EmulatedDriver.text(failure));
    assertTrue(EmulatedDriver.text(failure).contains("CUDA_ERROR_ILLEGAL_STATE (401)"));
    assertEquals(FAILURE, failure.code());
    assertEquals(before, emulated.held());
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 256, 257, 320, 321, 384, 385, 386})
  void shouldReleaseTheEventsThatThereAreWhenOneFails(int nth) {
    emulated.gpu().fail("cuEventCreate", nth, FAILURE);
    CudaFailedException failure = assertThrows(CudaFailedException.class, this::use);

    assertTrue(
        EmulatedDriver.text(failure).startsWith("cuEventCreate "), EmulatedDriver.text(failure));
    assertEquals(before, emulated.held());
  }

  @ParameterizedTest
  @CsvSource({
    "cuEventDestroy, events",
    "cuStreamDestroy, streams",
    "cuModuleUnload, modules",
    "cuMemFreeHost, hostAllocations",
    "cuMemUnmap, bytes",
    "cuMemRelease, bytes",
    "cuMemAddressFree, reservations",
    "cuDevicePrimaryCtxRelease, contexts"
  })
  void shouldReleaseTheRestWhenAReleaseFails(String call, String kind) {
    emulated.gpu().fail(call, 1, FAILURE);
    CudaFailedException failure = assertThrows(CudaFailedException.class, this::use);

    assertTrue(EmulatedDriver.text(failure).startsWith(call + " "), EmulatedDriver.text(failure));
    Map<String, Long> after = emulated.held();
    // Only what could not be released may be left, and the range that is mapped to it.
    after.keySet().removeIf(left -> left.equals(kind));
    Map<String, Long> expected = new java.util.TreeMap<>(before);
    expected.remove(kind);
    if (call.equals("cuMemUnmap")) {
      after.remove("reservations");
      expected.remove("reservations");
    }
    assertEquals(expected, after);
  }

  @ParameterizedTest
  @ValueSource(ints = {700, 702, 710, 714, 715, 716, 717, 718, 719})
  void shouldReleaseEverythingAfterTheContextIsLost(int code) {
    emulated.gpu().fail("cuLaunchKernel", 1, code);
    CudaFailedException failure = assertThrows(CudaFailedException.class, this::use);

    assertTrue(failure.contextLost(), EmulatedDriver.text(failure));
    assertEquals(code, failure.code());
    emulated.gpu().reset();
    assertEquals(before, emulated.held());
    use(); // the emulated context is well again
    assertEquals(before, emulated.held());
  }

  @Test
  void shouldSayHowMuchMemoryThereWasWhenItIsTakenMeanwhile() {
    emulated.gpu().fail("cuMemCreate", 1, CUresult.CUDA_ERROR_OUT_OF_MEMORY);
    TroupeException failure = assertThrows(TroupeException.class, this::use);

    assertEquals(Category.RESOURCE, failure.category());
    assertTrue(
        EmulatedDriver.text(failure).contains("has 2048 MiB of memory free, but 4 MiB are needed"),
        EmulatedDriver.text(failure));
    assertEquals(before, emulated.held());
  }

  @Test
  void shouldCallHostMemoryThatIsUsedUpAResource() {
    emulated.gpu().fail("cuMemHostAlloc", 1, CUresult.CUDA_ERROR_OUT_OF_MEMORY);
    TroupeException failure = assertThrows(TroupeException.class, this::use);

    assertEquals(Category.RESOURCE, failure.category());
    assertTrue(
        EmulatedDriver.text(failure).contains("cuMemHostAlloc"), EmulatedDriver.text(failure));
    assertEquals(before, emulated.held());
  }

  @ParameterizedTest
  @CsvSource({
    "cuInit, 100, finds no GPU",
    "cuInit, 999, cuInit failed with CUDA_ERROR_UNKNOWN (999)",
    "cuInit, 803, cuInit failed with CUDA_ERROR_SYSTEM_DRIVER_MISMATCH (803)"
  })
  void shouldSayWhyTheDriverDoesNotStart(String call, int code, String text) {
    emulated.gpu().fail(call, 1, code);
    TroupeException failure =
        assertThrows(TroupeException.class, () -> CudaDriver.start(emulated.libraries()));

    assertEquals(Category.RESOURCE, failure.category());
    assertTrue(EmulatedDriver.text(failure).contains(text), EmulatedDriver.text(failure));
    assertTrue(EmulatedDriver.text(failure).contains("nvidia-smi"), EmulatedDriver.text(failure));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "cuDriverGetVersion",
        "cuDeviceGetCount",
        "cuDeviceGet",
        "cuDeviceGetName",
        "cuDeviceGetPCIBusId",
        "cuDeviceTotalMem",
        "cuDeviceGetAttribute"
      })
  void shouldNameTheCallThatFailsAtTheStart(String call) {
    emulated.gpu().fail(call, 1, FAILURE);
    CudaFailedException failure =
        assertThrows(CudaFailedException.class, () -> CudaDriver.start(emulated.libraries()));
    assertTrue(EmulatedDriver.text(failure).startsWith(call + " "), EmulatedDriver.text(failure));
  }
}
