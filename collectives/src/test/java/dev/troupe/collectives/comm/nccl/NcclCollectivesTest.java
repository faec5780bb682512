package dev.troupe.collectives.comm.nccl;

import dev.troupe.collectives.comm.CollectivesContract;
import dev.troupe.collectives.comm.Ranks;

final class NcclCollectivesTest extends CollectivesContract {
  @Override
  protected Ranks newRanks() {
    return new GpuRanks(NcclSettings.defaults(true));
  }
}
