package dev.troupe.checkpoint;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.troupe.proto.error.Category;
import dev.troupe.proto.error.TroupeException;
import org.junit.jupiter.api.function.Executable;

/** Errors as a user meets them. */
final class Refusals {
  private Refusals() {}

  /** The one-line message with which bad data is refused; fails where it is not refused. */
  static String message(Executable action) {
    TroupeException refused = assertThrows(TroupeException.class, action);
    String message = String.valueOf(refused.getMessage());
    assertEquals(Category.DATA, refused.category(), message);
    assertEquals(1, message.lines().count(), message);
    return message;
  }

  /** Asserts that bad data is refused with a message that has all the parts in it. */
  static void assertRefused(Executable action, Object... parts) {
    String message = message(action);
    for (Object part : parts) {
      assertTrue(message.contains(part.toString()), () -> message + "\nlacks\n" + part);
    }
  }
}
