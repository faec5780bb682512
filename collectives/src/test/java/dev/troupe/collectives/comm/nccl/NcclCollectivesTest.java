package dev.troupe.collectives.comm.nccl;

import dev.troupe.collectives.comm.CollectivesContract;
import dev.troupe.collectives.comm.Ranks;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;

final class NcclCollectivesTest extends CollectivesContract {
  private static @Nullable GpuRanks gpus;

  @BeforeAll
  static void open() {
    gpus = new GpuRanks(NcclSettings.defaults(true));
  }

  @AfterAll
  static void closeAll() {
    if (gpus != null) {
      gpus.closeAll();
    }
  }

  @Override
  protected Ranks newRanks() {
    return Objects.requireNonNull(gpus);
  }
}
