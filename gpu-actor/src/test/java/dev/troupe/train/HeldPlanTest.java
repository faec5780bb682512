package dev.troupe.train;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTimeout;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.troupe.collectives.mesh.DeviceMesh;
import dev.troupe.optim.FlatParameters;
import dev.troupe.proto.error.TroupeException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

/** Every element that a rank needs comes once, from where it lies, whatever the two widths are. */
class HeldPlanTest {
  private static final long BLOCK = FlatParameters.BLOCK;
  private static final List<Long> BUCKETS = List.of(7 * BLOCK, BLOCK, 24 * BLOCK);

  @Test
  void everyElementComesOnceForAllWidths() {
    for (int before = 1; before <= 8; before++) {
      for (int after = 1; after <= 8; after++) {
        for (int tp : new int[] {1, 2}) {
          cover(before, new DeviceMesh(tp, after));
        }
      }
    }
  }

  private static void cover(int before, DeviceMesh mesh) {
    List<RankHome> homes = homes(mesh.size());
    HeldPlan plan = HeldPlan.of(held(before, mesh.tp(), "p0"), mesh, homes, BUCKETS, true);
    for (int rank = 0; rank < mesh.size(); rank++) {
      int dpIndex = mesh.coordinate(rank).dp();
      List<Integer> wards = RankHome.buddies(mesh, rank, homes).wards(dpIndex);
      for (int index = 0; index < mesh.dp(); index++) {
        boolean has = index == dpIndex || wards.contains(index);
        List<Long> blocks = has ? expected(index, mesh.dp()) : List.of();
        assertEquals(blocks, sources(plan, rank, index, before, mesh));
      }
    }
  }

  /** Blocks of an index's slices, numbered through the model, in the order of the slices. */
  private static List<Long> expected(int dpIndex, int dp) {
    List<Long> blocks = new ArrayList<>();
    long start = 0;
    for (long bucket : BUCKETS) {
      long slice = FlatParameters.slice(bucket, dp);
      long end = Math.min(bucket, (dpIndex + 1) * slice);
      for (long at = dpIndex * slice; at < end; at += BLOCK) {
        blocks.add((start + at) / BLOCK);
      }
      start += bucket;
    }
    return blocks;
  }

  /** The blocks that come, named by where they lie in the parts that they come from. */
  private static List<Long> sources(
      HeldPlan plan, int rank, int dpIndex, int before, DeviceMesh mesh) {
    List<Long> blocks = new ArrayList<>();
    for (HeldPlan.Move move : plan.moves()) {
      if (move.to() == rank && move.dpIndex() == dpIndex) {
        assertEquals(mesh.coordinate(rank).tp(), move.key().tpIndex());
        long start = LongStream.range(0, move.bucket()).map(b -> BUCKETS.get((int) b)).sum();
        long inState =
            LongStream.range(0, move.bucket())
                .map(b -> FlatParameters.slice(BUCKETS.get((int) b), before))
                .sum();
        long slice = FlatParameters.slice(BUCKETS.get(move.bucket()), before);
        long first = start + move.key().dpIndex() * slice + move.inPart() - inState;
        LongStream.range(0, move.count() / BLOCK).forEach(i -> blocks.add(first / BLOCK + i));
      }
    }
    return blocks;
  }

  /** Two ranks a process, the first of which has everything. */
  private static List<RankHome> homes(int ranks) {
    List<RankHome> homes = new ArrayList<>();
    for (int rank = 0; rank < ranks; rank++) {
      homes.add(new RankHome("n" + rank / 4, "p" + rank / 2));
    }
    return homes;
  }

  private static Start.Memory held(int dp, int tp, String... processes) {
    List<Start.Part> parts = new ArrayList<>();
    for (int dpIndex = 0; dpIndex < dp; dpIndex++) {
      for (int tpIndex = 0; tpIndex < tp; tpIndex++) {
        parts.add(new Start.Part(new HeldKey(3, 9, dp, dpIndex, tpIndex), List.of(processes)));
      }
    }
    return new Start.Memory(9, parts);
  }

  @Test
  void aRankTakesFromItsOwnProcessWhereItCan() {
    DeviceMesh mesh = new DeviceMesh(1, 4);
    HeldPlan plan = HeldPlan.of(held(2, 1, "gone", "p1", "p0"), mesh, homes(4), BUCKETS, false);
    for (HeldPlan.Move move : plan.moves()) {
      assertEquals(move.to(), move.from(), "both processes have it all");
    }
    HeldPlan far = HeldPlan.of(held(2, 1, "gone", "p1"), mesh, homes(4), BUCKETS, false);
    for (HeldPlan.Move move : far.moves()) {
      assertEquals(move.to() < 2 ? 2 : move.to(), move.from(), "the lowest rank of p1 gives");
      assertEquals("p1", move.process());
    }
  }

  @Test
  void statesThatDoNotFitAreRefused() {
    DeviceMesh mesh = new DeviceMesh(2, 2);
    List<Start.Part> parts = new ArrayList<>(held(2, 2, "p0").parts());
    refused("parallel.tp = 1", held(2, 1, "p0"), mesh);
    refused("none of the processes", held(2, 2, "elsewhere"), mesh);
    refused("no process holds anything", new Start.Memory(9, List.of()), mesh);
    Start.Part last = parts.removeLast();
    refused("share 1 of 2 of tensor share 1", new Start.Memory(9, parts), mesh);
    parts.add(new Start.Part(new HeldKey(4, 9, 2, 1, 1), last.processes()));
    refused("does not belong", new Start.Memory(9, parts), mesh);
  }

  private static void refused(String why, Start.Memory memory, DeviceMesh mesh) {
    TroupeException refusal =
        assertThrows(
            TroupeException.class, () -> HeldPlan.of(memory, mesh, homes(4), BUCKETS, true));
    assertTrue(String.valueOf(refusal.getMessage()).contains(why), refusal::toString);
  }

  /** Far more than it takes, and far less than anything quadratic in the ranks. */
  @Test
  void aLargeClusterIsPlannedQuickly() {
    DeviceMesh mesh = new DeviceMesh(8, 255);
    List<Long> buckets = Collections.nCopies(82, 4_000_000 * BLOCK);
    List<RankHome> homes = homes(mesh.size());
    Start.Memory held = held(256, 8, "p0", "p7");
    assertTimeout(Duration.ofSeconds(60), () -> HeldPlan.of(held, mesh, homes, buckets, true));
  }
}
