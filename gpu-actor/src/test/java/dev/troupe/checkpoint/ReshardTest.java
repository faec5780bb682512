package dev.troupe.checkpoint;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.lang.foreign.Arena;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;

/** Saving under any cut and reading under any other gives the original. */
final class ReshardTest {
  private static final Storage STORAGE = new QuickStorage();

  @Property(tries = 60)
  void readsAnyRectangleOfWhatAnyRanksWrote(
      @ForAll long seed, @ForAll @IntRange(min = 1, max = 5) int ranks) {
    Random random = new Random(seed);
    List<LogicalTensor> tensors = tensors(random);
    Path dir = Checkpoints.temporaryFolder();
    try {
      save(dir, tensors, ranks, random);
      try (CheckpointReader reader = CheckpointReader.open(dir.resolve("step-00000007"))) {
        reader.verify();
        assertEquals(tensors, reader.tensors());
        assertEquals(Checkpoints.info(7, tensors), reader.info());
        for (LogicalTensor tensor : tensors) {
          assertReads(reader, tensor.whole());
          assertReads(reader, within(tensor, random));
          assertReads(reader, within(tensor, random));
        }
      }
    } finally {
      new Disk(STORAGE).delete(dir);
    }
  }

  private static void assertReads(CheckpointReader reader, Region want) {
    for (StateKind kind : StateKind.values()) {
      assertArrayEquals(
          Checkpoints.expected(7, kind, want),
          Checkpoints.read(reader, kind, want),
          () -> kind + " of " + want);
    }
  }

  private static void save(Path dir, List<LogicalTensor> tensors, int ranks, Random random) {
    CheckpointFolder folder = new CheckpointFolder(STORAGE, dir);
    Path unfinished = folder.begin(7, Checkpoints.EPOCH);
    try (Arena arena = Arena.ofConfined()) {
      List<List<ShardEntry>> entries = new ArrayList<>();
      for (int rank = 0; rank < ranks; rank++) {
        entries.add(new ArrayList<>());
      }
      for (LogicalTensor tensor : tensors) {
        for (StateKind kind : StateKind.values()) {
          for (Region part : cut(tensor.whole(), random)) {
            entries.get(random.nextInt(ranks)).add(Checkpoints.entry(arena, 7, kind, part));
          }
        }
      }
      for (int rank = 0; rank < ranks; rank++) {
        ShardWriter.write(STORAGE, unfinished, rank, entries.get(rank));
      }
    }
    folder.publish(7, Checkpoints.info(7, tensors), ranks);
  }

  /** One to four tensors with at least 11 elements together, by name. */
  private static List<LogicalTensor> tensors(Random random) {
    List<LogicalTensor> tensors = new ArrayList<>();
    for (int i = random.nextInt(4); i > 0; i--) {
      tensors.add(new LogicalTensor("b" + (9 - i), 1 + random.nextInt(12), 1 + random.nextInt(12)));
    }
    long odd = tensors.stream().mapToLong(tensor -> tensor.whole().elements()).sum() % 2;
    tensors.addFirst(new LogicalTensor("a", 1, 30 + 2 * random.nextInt(10) + odd));
    return tensors;
  }

  /** Halves at random places and flat ranges, recursively. */
  private static List<Region> cut(Region region, Random random) {
    int choice = region.elements() == 1 ? 0 : random.nextInt(4);
    List<Region> halves = new ArrayList<>();
    switch (choice) {
      case 1 -> {
        long at = random.nextLong(region.rows() + 1);
        halves.addAll(box(region.tensor(), region.row(), at, region.col(), region.cols()));
        halves.addAll(
            box(
                region.tensor(),
                region.row() + at,
                region.rows() - at,
                region.col(),
                region.cols()));
      }
      case 2 -> {
        long at = random.nextLong(region.cols() + 1);
        halves.addAll(box(region.tensor(), region.row(), region.rows(), region.col(), at));
        halves.addAll(
            box(
                region.tensor(),
                region.row(),
                region.rows(),
                region.col() + at,
                region.cols() - at));
      }
      case 3 -> {
        long at = random.nextLong(region.elements() + 1);
        FlatRange.rectangles(region, 0, at).forEach(part -> halves.add(part.region()));
        FlatRange.rectangles(region, at, region.elements())
            .forEach(part -> halves.add(part.region()));
      }
      default -> {
        return List.of(region);
      }
    }
    return halves.stream().flatMap(half -> cut(half, random).stream()).toList();
  }

  private static List<Region> box(String tensor, long row, long rows, long col, long cols) {
    return rows == 0 || cols == 0 ? List.of() : List.of(new Region(tensor, row, rows, col, cols));
  }

  private static Region within(LogicalTensor tensor, Random random) {
    long row = random.nextLong(tensor.rows());
    long col = random.nextLong(tensor.cols());
    return new Region(
        tensor.name(),
        row,
        1 + random.nextLong(tensor.rows() - row),
        col,
        1 + random.nextLong(tensor.cols() - col));
  }
}
