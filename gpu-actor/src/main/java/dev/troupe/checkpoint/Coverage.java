package dev.troupe.checkpoint;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Checks that slices are logical tensors cut up: every element of every tensor exactly once for
 * every {@link StateKind}. A tensor's size is the smallest that holds all of its slices of any
 * kind, so a part that is missing for every kind alike shows only in the number of parameters.
 */
final class Coverage {
  private Coverage() {}

  private record Placed(String file, Slice slice) {
    Region region() {
      return slice.region();
    }
  }

  /**
   * The logical tensors that the files hold, by name; O(n log n) in the number of slices.
   *
   * @throws IllegalArgumentException naming the part that is missing or there twice
   */
  static List<LogicalTensor> of(List<ShardFile> files) {
    return of(files, List.of(StateKind.values()));
  }

  /** As {@link #of(List)}, of a state that has these kinds only. */
  static List<LogicalTensor> of(List<ShardFile> files, List<StateKind> kinds) {
    SortedMap<String, List<Placed>> byTensor =
        files.stream()
            .flatMap(file -> file.slices().stream().map(slice -> new Placed(file.name(), slice)))
            .collect(
                Collectors.groupingBy(
                    placed -> placed.region().tensor(), TreeMap::new, Collectors.toList()));
    List<LogicalTensor> tensors = new ArrayList<>();
    for (Map.Entry<String, List<Placed>> entry : byTensor.entrySet()) {
      LogicalTensor tensor = bounds(entry.getKey(), entry.getValue());
      for (StateKind kind : kinds) {
        requireExact(
            tensor,
            kind,
            entry.getValue().stream().filter(placed -> placed.slice().kind() == kind).toList());
      }
      tensors.add(tensor);
    }
    return tensors;
  }

  private static LogicalTensor bounds(String name, List<Placed> parts) {
    long rows = parts.stream().mapToLong(part -> part.region().endRow()).reduce(0, Math::max);
    long cols = parts.stream().mapToLong(part -> part.region().endCol()).reduce(0, Math::max);
    return new LogicalTensor(name, rows, cols);
  }

  /** Rectangles within bounds that do not overlap fill them exactly if their areas add up. */
  private static void requireExact(LogicalTensor tensor, StateKind kind, List<Placed> parts) {
    requireDisjoint(parts);
    long there = parts.stream().mapToLong(part -> part.region().elements()).sum();
    long needed = tensor.whole().elements();
    if (there != needed) {
      throw new IllegalArgumentException(
          "of %s, %s has only %d of %d elements".formatted(tensor.name(), kind, there, needed));
    }
  }

  private record Edge(long row, boolean begins, Placed part) {}

  /** Sweeps down the rows; the rectangles that a row crosses must not overlap in their columns. */
  private static void requireDisjoint(List<Placed> parts) {
    List<Edge> edges =
        parts.stream()
            .flatMap(
                part ->
                    Stream.of(
                        new Edge(part.region().row(), true, part),
                        new Edge(part.region().endRow(), false, part)))
            .sorted(Comparator.comparingLong(Edge::row).thenComparing(Edge::begins))
            .toList();
    TreeMap<Long, Placed> crossed = new TreeMap<>();
    for (Edge edge : edges) {
      Region region = edge.part().region();
      if (edge.begins()) {
        requireApart(edge.part(), crossed.floorEntry(region.col()));
        requireApart(edge.part(), crossed.ceilingEntry(region.col()));
        crossed.put(region.col(), edge.part());
      } else {
        crossed.remove(region.col());
      }
    }
  }

  private static void requireApart(Placed part, Map.@Nullable Entry<Long, Placed> other) {
    if (other != null && part.region().intersection(other.getValue().region()).isPresent()) {
      throw new IllegalArgumentException(
          "%s in %s and %s in %s overlap"
              .formatted(
                  other.getValue().slice(), other.getValue().file(), part.slice(), part.file()));
    }
  }
}
