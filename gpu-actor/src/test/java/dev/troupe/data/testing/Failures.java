package dev.troupe.data.testing;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.troupe.proto.error.Category;
import dev.troupe.proto.error.TroupeException;
import org.junit.jupiter.api.function.Executable;

/** Assertions about errors that a user sees. */
public final class Failures {
  private Failures() {}

  /** The action fails with this category and a message with all these parts. */
  public static void assertFails(Category category, Executable action, String... parts) {
    TroupeException e = assertThrows(TroupeException.class, action);
    assertEquals(category, e.category());
    String message = String.valueOf(e.getMessage());
    for (String part : parts) {
      assertTrue(message.contains(part), () -> "no \"" + part + "\" in: " + message);
    }
  }
}
