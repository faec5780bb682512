package dev.troupe.collectives.comm.local;

import dev.troupe.collectives.comm.CollectivesContract;
import dev.troupe.collectives.comm.Ranks;

final class LocalCollectivesTest extends CollectivesContract {
  @Override
  protected Ranks newRanks() {
    return new LocalRanks();
  }
}
