package dev.troupe.train;

import dev.troupe.checkpoint.CheckpointReader;
import dev.troupe.checkpoint.FlatRange;
import dev.troupe.checkpoint.Region;
import dev.troupe.checkpoint.ShardEntry;
import dev.troupe.checkpoint.StateKind;
import dev.troupe.collectives.device.BufferView;
import dev.troupe.collectives.device.Device;
import dev.troupe.layer.ParameterSpec;
import dev.troupe.optim.OptimizerState;
import dev.troupe.optim.OwnedRange;
import dev.troupe.tensor.Tensor;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;

/**
 * The way between owned slices and logical tensors: initial values, loading, saving.
 *
 * @param device where the state is
 * @param slices the state: a rank's own, or the copy that it keeps of another's
 */
record RankState(Device device, OptimizerState slices) {

  /** Sets the master weights to their initial values; moments are zero from allocation. */
  void initialise(long seed) {
    Initializer initializer = new Initializer(seed);
    for (OwnedRange range : slices.ranges()) {
      try (Arena arena = Arena.ofShared()) {
        MemorySegment host = arena.allocate(range.length() * Float.BYTES, 64);
        initializer.fill(range.parameter().spec(), range.from(), range.to(), host);
        device.write(host, slices.master(range).view());
      }
    }
  }

  /** Reads the slices, whatever mesh they were saved from. */
  void load(CheckpointReader reader) {
    for (OwnedRange range : slices.ranges()) {
      for (StateKind kind : StateKind.values()) {
        try (Arena arena = Arena.ofConfined()) {
          MemorySegment host = arena.allocate(range.length() * Float.BYTES, 64);
          for (FlatRange part : parts(range)) {
            long at = (part.offset() - range.from()) * Float.BYTES;
            reader.read(kind, part.region(), host, at, part.region().cols() * Float.BYTES);
          }
          device.write(host, tensor(kind, range).view());
        }
      }
    }
  }

  /** Copies what this rank counts into host memory of {@code arena}. */
  List<ShardEntry> copy(Arena arena) {
    List<ShardEntry> entries = new ArrayList<>();
    for (OwnedRange range : slices.ranges()) {
      if (!range.parameter().spec().counted()) {
        continue;
      }
      for (StateKind kind : StateKind.values()) {
        MemorySegment host = arena.allocate(range.length() * Float.BYTES, 64);
        device.read(tensor(kind, range).view(), host);
        for (FlatRange part : parts(range)) {
          long at = (part.offset() - range.from()) * Float.BYTES;
          entries.add(new ShardEntry(kind, part.region(), host.asSlice(at, part.region().bytes())));
        }
      }
    }
    return entries;
  }

  /** A bucket's whole slice of a kind, padding included. */
  static BufferView slice(OptimizerState slices, StateKind kind, int bucket) {
    return switch (kind) {
      case WEIGHT -> slices.master(bucket);
      case EXP_AVG -> slices.expAvg(bucket);
      case EXP_AVG_SQ -> slices.expAvgSq(bucket);
    };
  }

  private Tensor tensor(StateKind kind, OwnedRange range) {
    return switch (kind) {
      case WEIGHT -> slices.master(range);
      case EXP_AVG -> slices.expAvg(range);
      case EXP_AVG_SQ -> slices.expAvgSq(range);
    };
  }

  /** The logical rectangles of an owned range; padding has none. */
  private static List<FlatRange> parts(OwnedRange range) {
    ParameterSpec spec = range.parameter().spec();
    List<Region> pieces =
        spec.pieces().stream()
            .map(p -> new Region(p.tensor(), p.row(), p.rows(), p.col(), spec.cols()))
            .toList();
    long end = pieces.stream().mapToLong(Region::elements).sum();
    return FlatRange.rectangles(pieces, Math.min(range.from(), end), Math.min(range.to(), end));
  }
}
