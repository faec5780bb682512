package dev.troupe.collectives.comm.reduce;

import static java.lang.foreign.ValueLayout.JAVA_SHORT;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.troupe.collectives.comm.ReduceOp;
import dev.troupe.collectives.device.Bfloat16;
import java.lang.foreign.MemorySegment;
import org.junit.jupiter.api.Test;

final class Bfloat16AccumulatorTest {
  @Test
  void vectorsRoundAsTheScalarConversionDoes() {
    int count = Accumulator.BLOCK;
    Accumulator accumulator = new Bfloat16Accumulator();
    MemorySegment a = MemorySegment.ofArray(new short[count]);
    MemorySegment b = MemorySegment.ofArray(new short[count]);
    MemorySegment sum = MemorySegment.ofArray(new short[count]);
    // Every bit pattern, infinities and NaNs among them, plus numbers that make ties.
    for (int first = 0; first < 1 << 16; first += count) {
      for (int i = 0; i < count; i++) {
        a.setAtIndex(JAVA_SHORT, i, (short) (first + i));
        b.setAtIndex(JAVA_SHORT, i, (short) (first + i - 0x480 * (i % 3)));
      }
      accumulator.load(a, 0, count);
      accumulator.combine(ReduceOp.SUM, b, 0, count);
      accumulator.store(sum, 0, count);
      for (int i = 0; i < count; i++) {
        float exact =
            Bfloat16.toFloat(a.getAtIndex(JAVA_SHORT, i))
                + Bfloat16.toFloat(b.getAtIndex(JAVA_SHORT, i));
        assertEquals(
            Bfloat16.toFloat(Bfloat16.fromFloat(exact)),
            Bfloat16.toFloat(sum.getAtIndex(JAVA_SHORT, i)));
      }
    }
  }
}
