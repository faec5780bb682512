package dev.troupe.collectives.comm.local;

import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.troupe.collectives.comm.CommunicatorContract;
import dev.troupe.collectives.comm.Communicators;
import dev.troupe.collectives.comm.Ranks;
import dev.troupe.collectives.mesh.DeviceMesh;
import org.junit.jupiter.api.Test;

final class LocalCommunicatorTest extends CommunicatorContract {
  @Override
  protected Ranks newRanks() {
    return new LocalRanks();
  }

  @Test
  void ranksAgreeAboutTheMembersOfAGroup() {
    Communicators communicators = new LocalCommunicators();
    communicators.open(1, new DeviceMesh(2, 1).world(), 0);
    assertThrows(
        IllegalStateException.class, () -> communicators.open(1, new DeviceMesh(3, 1).world(), 1));
  }

  @Test
  void timingReturnsAPlausibleMedian() {
    double seconds = LocalAllReduceTiming.measure(2, 4096, 50);
    assertTrue(seconds > 0 && seconds < 1, "seconds " + seconds);
    assertThrows(IllegalArgumentException.class, () -> LocalAllReduceTiming.measure(2, 4097, 1));
  }
}
