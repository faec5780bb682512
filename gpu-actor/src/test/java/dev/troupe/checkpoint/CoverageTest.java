package dev.troupe.checkpoint;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

final class CoverageTest {
  private static final String HASH = "0".repeat(64);

  @Test
  void acceptsAPinwheelOfRectangles() {
    // No straight cut goes through this one, so it is no recursion of halves.
    List<Region> pinwheel =
        List.of(
            new Region("w", 0, 1, 0, 2),
            new Region("w", 0, 2, 2, 1),
            new Region("w", 2, 1, 1, 2),
            new Region("w", 1, 2, 0, 1),
            new Region("w", 1, 1, 1, 1));
    assertEquals(List.of(new LogicalTensor("w", 3, 3)), Coverage.of(List.of(file(0, pinwheel))));
  }

  @Test
  void refusesAHole() {
    assertRefused(
        "of w, WEIGHT has only 5 of 6 elements",
        file(0, List.of(new Region("w", 0, 2, 0, 2), new Region("w", 0, 1, 2, 1))));
  }

  @Test
  void refusesAKindThatIsMissing() {
    Slice weight = new Slice(StateKind.WEIGHT, new Region("w", 0, 1, 0, 2), 0, HASH);
    assertRefused(
        "of w, EXP_AVG has only 0 of 2 elements",
        new ShardFile(0, ShardFile.dataName(0), 8, 0, HASH, List.of(weight)));
  }

  @Test
  void onlyBeforeTheFirstStepAreWeightsAWholeState() {
    Region norm = new Region("w", 0, 1, 0, 28 + 2 * 3);
    Slice weight = new Slice(StateKind.WEIGHT, norm, 0, HASH);
    ShardFile file =
        new ShardFile(0, ShardFile.dataName(0), norm.bytes(), 0, HASH, List.of(weight));
    List<Manifest.Shard> shards = List.of(new Manifest.Shard(file, HASH));
    List<LogicalTensor> whole = List.of(new LogicalTensor("w", 1, norm.cols()));
    assertEquals(whole, Manifest.of(Checkpoints.info(0, whole), shards).tensors());
    IllegalArgumentException refused =
        assertThrows(
            IllegalArgumentException.class, () -> Manifest.of(Checkpoints.info(1, whole), shards));
    assertTrue(String.valueOf(refused.getMessage()).contains("EXP_AVG has only 0 of"));
  }

  @Test
  void refusesWhatTwoRanksWroteAndNamesBothFiles() {
    Region whole = new Region("w", 0, 4, 0, 4);
    for (Region again : List.of(whole, new Region("w", 1, 2, 1, 2), new Region("w", 3, 1, 0, 1))) {
      assertRefused(
          "WEIGHT of w[0:4, 0:4] in rank-00000.safetensors and WEIGHT of " + again,
          file(0, List.of(whole)),
          file(1, List.of(again)));
    }
  }

  private static void assertRefused(String reason, ShardFile... files) {
    IllegalArgumentException refused =
        assertThrows(IllegalArgumentException.class, () -> Coverage.of(List.of(files)));
    assertTrue(String.valueOf(refused.getMessage()).contains(reason), refused::getMessage);
  }

  private static ShardFile file(int rank, List<Region> regions) {
    List<Slice> slices = new ArrayList<>();
    long at = 0;
    for (StateKind kind : StateKind.values()) {
      for (Region region : regions) {
        slices.add(new Slice(kind, region, at, HASH));
        at += region.bytes();
      }
    }
    return new ShardFile(rank, ShardFile.dataName(rank), at, 0, HASH, slices);
  }
}
