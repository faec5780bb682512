package dev.troupe.collectives.comm.nccl;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.troupe.proto.error.Category;
import dev.troupe.proto.error.TroupeException;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;

final class NcclEnvironmentTest {
  @Test
  void ranksOfOneGpuPassForRanksOfDifferentHosts() {
    Map<String, String> first = NcclEnvironment.sharedGpu(0);
    assertEquals("r0", first.get("NCCL_HOSTID"));
    assertNotEquals(first.get("NCCL_HOSTID"), NcclEnvironment.sharedGpu(1).get("NCCL_HOSTID"));
    assertEquals("lo", first.get("NCCL_SOCKET_IFNAME"));
    assertThrows(IllegalArgumentException.class, () -> NcclEnvironment.sharedGpu(-1));
  }

  @Test
  void kernelsAreLoadedBeforeACollectiveCanWaitForThem() {
    assertEquals(Map.of("CUDA_MODULE_LOADING", "EAGER"), NcclEnvironment.ownGpu());
    assertEquals("EAGER", NcclEnvironment.sharedGpu(3).get("CUDA_MODULE_LOADING"));
  }

  @Test
  void anOldLibraryIsRefused() {
    TroupeException e =
        assertThrows(TroupeException.class, () -> new NcclVersion(2_17_01).requireUsable());
    assertEquals(Category.RESOURCE, e.category());
    assertEquals(
        "NCCL 2.17.1 is too old: install NCCL 2.18.1 or newer (libnccl.so.2), or set device = cpu",
        e.getMessage());
    assertEquals("2.28.9", new NcclVersion(22809).requireUsable().toString());
  }

  @Test
  void timesAreChecked() {
    Duration second = Duration.ofSeconds(1);
    assertThrows(
        IllegalArgumentException.class, () -> new NcclSettings(Duration.ZERO, second, true));
    assertThrows(
        IllegalArgumentException.class, () -> new NcclSettings(second, Duration.ofDays(2), true));
  }
}
