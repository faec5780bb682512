package dev.troupe.optim;

import dev.troupe.collectives.comm.Communicator;
import dev.troupe.collectives.comm.Pending;
import dev.troupe.collectives.device.BufferView;
import dev.troupe.collectives.device.Device;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;

/** The copies that a rank keeps of its wards' states, and how gradients come to buddies. */
final class BuddyCopies implements AutoCloseable {
  private final Communicator dp;
  private final Buddies buddies;
  private final List<BuddyCopy> copies;

  BuddyCopies(Device device, FlatParameters flat, Communicator dp, Buddies buddies) {
    if (buddies.byIndex().size() != dp.size()) {
      throw new IllegalArgumentException(buddies + " in a group of " + dp.size());
    }
    this.dp = dp;
    this.buddies = buddies;
    this.copies =
        buddies.wards(dp.rank()).stream().map(ward -> new BuddyCopy(device, flat, ward)).toList();
  }

  /** The copies, by rising ward. */
  List<BuddyCopy> all() {
    return copies;
  }

  /**
   * Sends this rank's slices of the reduced gradient to its buddy and takes those of its wards. All
   * ranks of the group call it.
   *
   * @return what remains to be awaited before the gradients are read or written
   */
  Pending exchange(GradientReducer own) {
    if (buddies.of(dp.rank()) == Buddies.NOBODY) {
      return Pending.DONE;
    }
    int by = buddies.shift();
    if (by > 0) {
      return shift(own.pieces(), by);
    }
    pass(own.pieces());
    return Pending.DONE;
  }

  private Pending shift(List<BufferView> pieces, int by) {
    List<Pending> underWay = new ArrayList<>();
    Iterator<BufferView> into = into(copies.getFirst(), pieces).iterator();
    for (BufferView piece : pieces) {
      underWay.add(Late.of(dp, dp.shift(piece, into.next(), by)));
    }
    return () -> underWay.forEach(Pending::await);
  }

  /**
   * One message after the other. All ranks go over the pairs of ward and buddy in the order of the
   * wards, so both ends come to the first pair that is left, and nobody waits for ever.
   */
  private void pass(List<BufferView> pieces) {
    Iterator<BuddyCopy> next = copies.iterator();
    for (int ward = 0; ward < dp.size(); ward++) {
      int from = ward;
      if (ward == dp.rank()) {
        pieces.forEach(piece -> dp.send(piece, buddies.of(from)));
      } else if (buddies.of(ward) == dp.rank()) {
        into(next.next(), pieces).forEach(piece -> dp.recv(piece, from));
      }
    }
  }

  /** Slices have the same lengths on all ranks. */
  private static List<BufferView> into(BuddyCopy copy, List<BufferView> pieces) {
    return copy.pieces(pieces.stream().map(BufferView::count).toList());
  }

  @Override
  public void close() {
    copies.forEach(BuddyCopy::close);
  }
}
