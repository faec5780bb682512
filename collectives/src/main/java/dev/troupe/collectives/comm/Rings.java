package dev.troupe.collectives.comm;

import dev.troupe.collectives.device.BufferView;
import java.util.Objects;

/** {@link Communicator#shift} by messages that wait for their receivers. */
final class Rings {
  private Rings() {}

  /**
   * The group is a number of rings, in each of which a rank sends to the next one. Every second
   * rank of a ring receives first, so that nobody waits for a rank that waits for him, and pairs
   * exchange side by side.
   */
  static void shift(Communicator group, BufferView send, BufferView recv, int by) {
    int size = group.size();
    Objects.checkIndex(by - 1, size - 1);
    int to = (group.rank() + by) % size;
    int from = Math.floorMod(group.rank() - by, size);
    if (isEven(group.rank(), by, size)) {
      group.send(send, to);
      group.recv(recv, from);
    } else {
      group.recv(recv, from);
      group.send(send, to);
    }
  }

  /** Whether a rank has an even place in its ring, counted from the ring's lowest rank. */
  private static boolean isEven(int rank, int by, int size) {
    int at = rank % greatestCommonDivisor(by, size);
    boolean even = true;
    while (at != rank) {
      at = (at + by) % size;
      even = !even;
    }
    return even;
  }

  private static int greatestCommonDivisor(int a, int b) {
    return b == 0 ? a : greatestCommonDivisor(b, a % b);
  }
}
