package dev.troupe.collectives.comm.shared;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.MemorySegment;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * What one rank shows to the others of its group, in a file that all of them map. The rank alone
 * writes it, but for the abort word. Words are stored with release and read with acquire semantics,
 * which carries along what was written before them. Words that different ranks wait for lie 128
 * bytes apart: neighbouring cache lines are fetched in pairs.
 *
 * <pre>
 *    0  header: layout, ranks of the group, hash of their numbers, process number
 *  128  1 when closed
 *  256  abort: 0, 1 while the reason is written, 2; length of the reason
 *  384  collectives finished
 *  512  pieces staged; number of the staging file; 1 when the boards of all ranks are mapped
 * 1024  reason of the abort
 * 2048  two slots: the side of a collective, then its data when they are small
 *       a mailbox for each rank
 * </pre>
 */
final class Board {
  /** Data of this size or less travel with the call. */
  static final int EAGER_BYTES = 16 << 10;

  static final long FINISHED = 384;
  static final long STAGED = 512;
  static final long STAGING_FILE = 520;
  static final long ATTACHED = 528;

  /** Offsets in a slot. The number of the collective, written last, makes the rest valid. */
  static final long SLOT_WHAT = 8;

  static final long SLOT_COUNT = 16;
  static final long SLOT_FILE = 24;
  static final long SLOT_OFFSET = 32;
  static final long SLOT_DATA = 64;

  private static final long LAYOUT = 1;
  private static final long CLOSED = 128;
  private static final long ABORT = 256;
  private static final long REASON_LENGTH = 264;
  private static final long REASON = 1024;
  private static final int REASON_BYTES = 1000;
  private static final long SLOTS = 2048;
  private static final long SLOT_BYTES = 128 + EAGER_BYTES;
  private static final long MAILBOXES = SLOTS + 2 * SLOT_BYTES;
  private static final long MAILBOX_BYTES = 512;
  private static final VarHandle WORD = JAVA_LONG.varHandle();

  private final MemorySegment memory;

  Board(MemorySegment memory) {
    this.memory = memory;
  }

  static long bytes(int ranks) {
    return MAILBOXES + ranks * MAILBOX_BYTES;
  }

  /** Where the slot of a collective begins. */
  static long slot(long number) {
    return SLOTS + (number & 1) * SLOT_BYTES;
  }

  /** Where the mailbox for a peer begins. */
  static long mailbox(int peer) {
    return MAILBOXES + peer * MAILBOX_BYTES;
  }

  MemorySegment memory() {
    return memory;
  }

  /** Fills the header in, before others can see the board. */
  void sign(int ranks, int hash, long process) {
    set(0, LAYOUT);
    set(8, ranks);
    set(16, hash);
    set(24, process);
  }

  /** Whether the board is of a group of these ranks, and written by the same version. */
  boolean isOf(int ranks, int hash) {
    return memory.byteSize() >= bytes(ranks)
        && get(0) == LAYOUT
        && get(8) == ranks
        && get(16) == hash;
  }

  /** Number of the process that wrote it. */
  long process() {
    return get(24);
  }

  void close() {
    setRelease(CLOSED, 1);
  }

  boolean isClosed() {
    return getAcquire(CLOSED) != 0;
  }

  /** Sets the abort word, from whatever process; the first reason lasts. */
  void abort(String reason) {
    if ((boolean) WORD.compareAndSet(memory, ABORT, 0L, 1L)) {
      ByteBuffer text = ByteBuffer.allocate(REASON_BYTES);
      // Stops before a character that does not fit whole.
      StandardCharsets.UTF_8.newEncoder().encode(CharBuffer.wrap(reason), text, true);
      text.flip();
      set(REASON_LENGTH, text.remaining());
      MemorySegment.copy(MemorySegment.ofBuffer(text), 0, memory, REASON, text.remaining());
      setRelease(ABORT, 2);
    }
  }

  @Nullable String abortReason() {
    return getAcquire(ABORT) == 0 ? null : readReason();
  }

  private String readReason() {
    long patience = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(100);
    while (getAcquire(ABORT) != 2) {
      if (System.nanoTime() - patience > 0) {
        return "a process ended while it aborted";
      }
      Thread.onSpinWait();
    }
    byte[] text = new byte[(int) Math.clamp(get(REASON_LENGTH), 0, REASON_BYTES)];
    MemorySegment.copy(memory, JAVA_BYTE, REASON, text, 0, text.length);
    return new String(text, StandardCharsets.UTF_8);
  }

  long get(long at) {
    return memory.get(JAVA_LONG, at);
  }

  void set(long at, long value) {
    memory.set(JAVA_LONG, at, value);
  }

  long getAcquire(long at) {
    return (long) WORD.getAcquire(memory, at);
  }

  void setRelease(long at, long value) {
    WORD.setRelease(memory, at, value);
  }
}
