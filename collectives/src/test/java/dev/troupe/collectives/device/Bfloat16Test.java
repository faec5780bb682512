package dev.troupe.collectives.device;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

final class Bfloat16Test {
  @Test
  void everyNumberSurvivesTheWayThere() {
    for (int bits = 0; bits < 1 << 16; bits++) {
      float value = Bfloat16.toFloat((short) bits);
      if (Float.isNaN(value)) {
        assertTrue(Float.isNaN(Bfloat16.toFloat(Bfloat16.fromFloat(value))));
      } else {
        assertEquals((short) bits, Bfloat16.fromFloat(value));
      }
    }
  }

  @Test
  void shouldRoundToTheNearestAndTiesToEven() {
    for (int bits = 0; bits < 0x7F7F; bits++) {
      int next = bits + 1;
      int below = bits << 16;
      int even = (bits & 1) == 0 ? bits : next;
      assertEquals((short) bits, rounded(below + 0x7FFF));
      assertEquals((short) even, rounded(below + 0x8000));
      assertEquals((short) next, rounded(below + 0x8001));
      assertEquals((short) (next | 0x8000), rounded(below + 0x8001 | 0x8000_0000));
    }
  }

  @Test
  void shouldKeepSpecialValues() {
    assertEquals((short) 0x7F80, Bfloat16.fromFloat(Float.MAX_VALUE));
    assertEquals((short) 0xFF80, Bfloat16.fromFloat(Float.NEGATIVE_INFINITY));
    assertEquals((short) 0x8000, Bfloat16.fromFloat(-0f));
    // Plain rounding would carry these into zero and into infinity.
    assertTrue(Float.isNaN(Bfloat16.toFloat(rounded(0x7FFF_FFFF))));
    assertTrue(Float.isNaN(Bfloat16.toFloat(rounded(0x7F80_0001))));
  }

  private static short rounded(int bits) {
    return Bfloat16.fromFloat(Float.intBitsToFloat(bits));
  }
}
