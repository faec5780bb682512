package dev.troupe.model;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.troupe.proto.spec.RopeScaling;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RopeFrequenciesTest {
  /** What transformers 5.18 computes for Llama 3.1 8B, in float32. */
  @ParameterizedTest
  @CsvSource({
    "0, 1.0",
    "1, 0.8146172165870667",
    "20, 0.016560440883040428",
    "28, 0.0032114461064338684",
    "29, 0.0021665706299245358",
    "31, 0.0008567514596506953",
    "33, 0.0003126936499029398",
    "34, 0.0001785077911335975",
    "35, 9.556212171446532e-05",
    "40, 3.428102354519069e-05",
    "63, 3.068925877869333e-07",
  })
  void scaledFrequenciesAreThoseOfLlama31(int index, double expected) {
    RopeFrequencies found = RopeFrequencies.of(128, 500_000, RopeScaling.llama31());
    assertEquals(64, found.count());
    assertEquals(expected, found.at(index), 1e-6 * expected);
  }

  @Test
  void withoutScalingTheyArePowersOfTheBase() {
    RopeFrequencies found = RopeFrequencies.of(8, 10_000, null);
    assertEquals(4, found.count());
    for (int i = 0; i < 4; i++) {
      assertEquals(Math.pow(10, -i), found.at(i), 1e-15);
    }
  }
}
