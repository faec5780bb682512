package dev.troupe.collectives.comm.shared;

import dev.troupe.collectives.comm.CommunicatorContract;
import dev.troupe.collectives.comm.Ranks;
import dev.troupe.collectives.comm.shared.SharedRanks.Buffers;
import org.junit.jupiter.api.Nested;

/** What communicators among processes do when calls overlap, disagree or end early. */
final class SharedCommunicatorTest {
  @Nested
  final class BuffersInSharedMemory extends CommunicatorContract {
    @Override
    protected Ranks newRanks() {
      return new SharedRanks(4, Buffers.SHARED);
    }
  }

  @Nested
  final class PrivateBuffers extends CommunicatorContract {
    @Override
    protected Ranks newRanks() {
      return new SharedRanks(4, Buffers.PRIVATE);
    }
  }
}
