package dev.troupe.proto.message;

/**
 * A fault that a node brings about, to test what happens then.
 *
 * @param kind what goes wrong
 * @param amount seconds of a pause or a cut, factor of a slowness; 0 for the other kinds
 * @param steps steps that a slowness lasts; 0 for the other kinds
 * @param where the checkpoint operation of a full disk or a crash, the cut peers' addresses with
 *     commas between them; empty for the other kinds
 */
public record Fault(Kind kind, double amount, int steps, String where) {

  /** What can go wrong. */
  public enum Kind {
    /** The process is killed by SIGKILL. */
    KILL,
    /** The process is stopped for some seconds, and goes on as if nothing had been. */
    PAUSE,
    /** Computing takes so many times as long. */
    SLOW,
    /** A gradient is not a number. */
    NAN,
    /** A bit of the state flips. */
    BIT_FLIP,
    /** An operation on a checkpoint finds the disk full. */
    DISK_FULL,
    /** The process ends at an operation on a checkpoint. */
    CRASH,
    /** Nothing that is sent to some peers arrives. */
    CUT
  }

  /** Checks the numbers. */
  public Fault {
    if (!Double.isFinite(amount) || amount < 0) {
      throw new IllegalArgumentException("amount of a fault: " + amount);
    }
    Checks.notNegative("steps", steps);
  }

  /** Of a kind that needs no more words. */
  public Fault(Kind kind) {
    this(kind, 0, 0, "");
  }
}
