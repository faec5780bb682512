package dev.troupe.proto.config;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.troupe.proto.error.TroupeException;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ByteSizeTest {
  @ParameterizedTest
  @CsvSource({
    "5GB, 5000000000",
    "512MiB, 536870912",
    "4096, 4096",
    "2 k, 2000",
    "1tib, 1099511627776"
  })
  void readsWhatPeopleWrite(String text, long bytes) {
    assertEquals(bytes, ByteSize.parse("--size", text));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "0", "-1", "5 potatoes", "1.5GB", "999999999999TB"})
  void refusesTheRest(String text) {
    TroupeException refused =
        assertThrows(TroupeException.class, () -> ByteSize.parse("--size", text));
    assertTrue(String.valueOf(refused.getMessage()).startsWith("--size = " + text + " is not"));
  }
}
