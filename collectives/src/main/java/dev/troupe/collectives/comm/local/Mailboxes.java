package dev.troupe.collectives.comm.local;

import dev.troupe.collectives.device.DataType;
import java.lang.foreign.MemorySegment;
import java.util.concurrent.atomic.AtomicReferenceArray;
import org.jspecify.annotations.Nullable;

/** Point-to-point messages of a group: one place for each pair of sender and receiver. */
final class Mailboxes {
  private final int size;
  private final AtomicReferenceArray<@Nullable Letter> places;

  Mailboxes(int size) {
    this.size = size;
    this.places = new AtomicReferenceArray<>(size * size);
  }

  /** Data that a sender offers until the receiver has answered. */
  static final class Letter {
    private static final String TAKEN = "taken";

    private final DataType type;
    private final MemorySegment data;
    private volatile @Nullable String answer;

    Letter(DataType type, MemorySegment data) {
      this.type = type;
      this.data = data;
    }

    boolean isAnswered() {
      return answer != null;
    }

    /** Copies the data to the receiver, if it fits, and answers. */
    void take(DataType wanted, MemorySegment to) {
      if (wanted == type && to.byteSize() == data.byteSize()) {
        to.copyFrom(data);
        answer = TAKEN;
      } else {
        answer =
            "send of %d bytes of %s meets recv of %d bytes of %s"
                .formatted(data.byteSize(), type, to.byteSize(), wanted);
      }
    }

    /** Throws, on both sides, what the receiver found wrong. */
    void requireTaken() {
      String outcome = answer;
      if (!TAKEN.equals(outcome)) {
        throw new IllegalStateException(outcome);
      }
    }
  }

  /** Lays a letter down; the place is empty, because a sender waits for each answer. */
  void put(int from, int to, Letter letter) {
    places.set(from * size + to, letter);
  }

  boolean hasLetter(int from, int to) {
    return places.get(from * size + to) != null;
  }

  /** Takes the letter that is there and empties the place. */
  Letter remove(int from, int to) {
    Letter letter = places.getAndSet(from * size + to, null);
    if (letter == null) {
      throw new AssertionError("no letter from rank " + from + " to rank " + to);
    }
    return letter;
  }
}
