package dev.troupe.deploy.e2e;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

/**
 * How a call of the program ended.
 *
 * @param exitCode the exit code
 * @param out what it printed
 * @param err what it printed on standard error
 */
record Outcome(int exitCode, String out, String err) {
  static final int USAGE = 2;
  static final int DATA = 3;
  static final int RESOURCE = 4;

  /** It did what it was asked to, and said nothing on standard error. */
  Outcome succeeded() {
    assertEquals(0, exitCode, this::toString);
    assertEquals("", err, this::toString);
    return this;
  }

  /** It refused, with one message that has all these parts and no stack trace. */
  Outcome refused(int code, String... parts) {
    assertEquals(code, exitCode, this::toString);
    assertTrue(err.contains("troupe: "), this::toString);
    assertFalse((out + err).contains("\tat "), this::toString);
    for (String part : parts) {
      assertTrue(err.contains(part), () -> "\"%s\" is not in %s".formatted(part, this));
    }
    return this;
  }

  /** It printed this. */
  Outcome said(String part) {
    assertTrue(out.contains(part), () -> "\"%s\" is not in %s".formatted(part, this));
    return this;
  }

  @Override
  public String toString() {
    return "exit code %d%n%s%n%s".formatted(exitCode, out, err);
  }
}
