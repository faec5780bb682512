package dev.troupe.train;

import dev.troupe.collectives.device.BufferView;
import dev.troupe.collectives.device.Device;
import dev.troupe.optim.FlatParameters;
import dev.troupe.optim.OptimizerState;
import dev.troupe.optim.OwnedRange;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.List;

/**
 * Does {@link Damage} to a rank's memory. Used by the rank's thread.
 *
 * @param device where it lies
 * @param flat parameters and gradients
 * @param own the state that the rank owns
 */
record Saboteur(Device device, FlatParameters flat, OptimizerState own) {

  /** Flips a bit of a parameter; their gathering must be complete. */
  void flip(Damage.ParameterBit damage) {
    List<BufferView> values =
        flat.buckets().stream()
            .flatMap(bucket -> bucket.parameters().stream())
            .map(placed -> placed.parameter().value().view())
            .toList();
    flip(values, damage.element(), damage.bit());
  }

  /** Flips a bit of an owned first moment. */
  void flip(Damage.MomentBit damage) {
    List<BufferView> moments =
        own.ranges().stream().map((OwnedRange range) -> own.expAvg(range).view()).toList();
    flip(moments, damage.element(), damage.bit());
  }

  /** Makes the first main gradient of a bucket not a number. */
  void spoilGradient(int bucket) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment nan = arena.allocateFrom(ValueLayout.JAVA_FLOAT, Float.NaN);
      device.write(nan, flat.buckets().get(bucket).grads().slice(0, 1));
    }
  }

  private void flip(List<BufferView> views, long element, int bit) {
    long at = element % views.stream().mapToLong(BufferView::count).sum();
    for (BufferView view : views) {
      if (at < view.count()) {
        flip(view.slice(at, 1), bit);
        return;
      }
      at -= view.count();
    }
  }

  private void flip(BufferView one, int bit) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment value = arena.allocate(one.bytes(), Double.BYTES);
      device.read(one, value);
      int place = bit % (int) (one.bytes() * Byte.SIZE); // little-endian, as all that we run on
      byte changed =
          (byte) (value.get(ValueLayout.JAVA_BYTE, place / Byte.SIZE) ^ 1 << place % Byte.SIZE);
      value.set(ValueLayout.JAVA_BYTE, place / Byte.SIZE, changed);
      device.write(value, one);
    }
  }
}
