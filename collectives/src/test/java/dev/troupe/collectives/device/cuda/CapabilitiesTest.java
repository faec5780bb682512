package dev.troupe.collectives.device.cuda;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The gates of optional calls. */
class CapabilitiesTest {
  private static Capabilities with(int cudnn, int nccl, int major, int minor) {
    GpuInfo gpu = new GpuInfo(1, "NVIDIA Example", "0000:1b:00.0", major, minor, 132, 141L << 30);
    return new Capabilities(
        13000, 130101, cudnn, nccl, gpu, Map.of(CudaLibrary.CUDNN, "libcudnn.so.9 was not found"));
  }

  @ParameterizedTest
  @CsvSource({
    "0,     false, false, false, false",
    "21708, false, false, false, false",
    "21800, true,  false, false, false",
    "22702, true,  false, false, false",
    "22703, true,  true,  false, false",
    "22806, true,  true,  false, false",
    "22809, true,  true,  true,  false",
    "22901, true,  true,  true,  false",
    "22902, true,  true,  true,  true",
    "23007, true,  true,  true,  true",
  })
  void shouldOpenNcclsCallsAsTheVersionHasThem(
      int version, boolean split, boolean shrink, boolean revoke, boolean grow) {
    Capabilities capabilities = with(92400, version, 9, 0);
    assertEquals(split, capabilities.ncclSplit());
    assertEquals(shrink, capabilities.ncclShrink());
    assertEquals(revoke, capabilities.ncclRevoke());
    assertEquals(grow, capabilities.ncclGrow());
  }

  @Test
  void shouldAskForAnAmpereGpu() {
    assertFalse(with(92400, 22809, 7, 5).supported());
    assertFalse(with(92400, 22809, 7, 5).cudnnAttention());
    assertTrue(with(92400, 22809, 8, 0).supported());
    assertTrue(with(92400, 22809, 9, 0).cudnnAttention());
    assertFalse(with(0, 22809, 9, 0).cudnnAttention());
  }

  @Test
  void shouldSayWhatIsOffAndWhy() {
    assertEquals(List.of(), with(92400, 23007, 9, 0).off());
    assertEquals(
        List.of(
            "kernels: cuda:1 (NVIDIA Example) has compute capability 7.5, and they need 8.0 or"
                + " newer",
            "attention by cuDNN, so our own is used: libcudnn.so.9 was not found",
            "going on with more ranks without a new communicator: libnccl.so.2 is 2.28.9, and"
                + " 2.29.2 is needed"),
        with(0, 22809, 7, 5).off());
    assertEquals(
        List.of("more than one GPU: libnccl.so.2 is not loaded"), with(92400, 0, 9, 0).off());
  }
}
