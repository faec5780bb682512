package dev.troupe.collectives.comm.shared;

import dev.troupe.collectives.comm.CollectivesContract;
import dev.troupe.collectives.comm.Ranks;
import dev.troupe.collectives.comm.shared.SharedRanks.Buffers;
import org.junit.jupiter.api.Nested;

/** The collectives among processes, with buffers in shared memory and elsewhere. */
final class SharedCollectivesTest {
  @Nested
  final class BuffersInSharedMemory extends CollectivesContract {
    @Override
    protected Ranks newRanks() {
      return new SharedRanks(4, Buffers.SHARED);
    }
  }

  @Nested
  final class PrivateBuffers extends CollectivesContract {
    @Override
    protected Ranks newRanks() {
      return new SharedRanks(4, Buffers.PRIVATE);
    }
  }

  @Nested
  final class SomeOfEachInProcessesOfTwoRanks extends CollectivesContract {
    @Override
    protected Ranks newRanks() {
      return new SharedRanks(2, Buffers.MIXED);
    }
  }
}
