package dev.troupe.collectives.comm.nccl;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.troupe.collectives.comm.shared.SharedRanks;
import dev.troupe.collectives.device.cuda.EmulatedGpu;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Ranks in processes that share a GPU. */
@Timeout(120)
final class NcclProcessesTest {
  private static final int RANKS = 3;

  @Test
  void aKilledProcessIsMissedAndTheOthersGoOn() throws Exception {
    Path libraries = EmulatedGpu.start().folder();
    Path root = SharedRanks.newRoot();
    List<Process> ranks = new ArrayList<>();
    try {
      for (int rank = 0; rank < RANKS; rank++) {
        ranks.add(NcclChild.start(root, libraries, rank, RANKS));
      }
      for (Process rank : ranks) {
        assertEquals("all ranks have summed", rank.inputReader().readLine());
      }
      ranks.getLast().destroyForcibly();
      for (Process survivor : ranks.subList(0, RANKS - 1)) {
        assertTrue(survivor.waitFor(60, TimeUnit.SECONDS));
        assertEquals(NcclChild.RECOVERED, survivor.exitValue());
      }
    } finally {
      for (Process rank : ranks) {
        rank.destroyForcibly().waitFor();
      }
      SharedRanks.deleteAll(root);
    }
  }
}
