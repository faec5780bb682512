package dev.troupe.collectives.comm.shared;

import dev.troupe.collectives.comm.call.Call;
import dev.troupe.collectives.comm.call.Signature;
import dev.troupe.collectives.comm.call.Signature.Kind;
import dev.troupe.collectives.device.DataType;
import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;

/**
 * Writes one rank's calls to its board and reads those of its peers. What was written or read last
 * is kept: collectives come with the same buffers again and again, and then nothing is looked up.
 */
final class Sides {
  private static final Kind[] KINDS = Kind.values();
  private static final DataType[] TYPES = DataType.values();
  private static final int TYPE_SHIFT = 8;
  private static final int ARGUMENT_SHIFT = 32;

  private final SharedEpoch epoch;
  private final GroupFiles files;
  private final int rank;
  private final Peers peers;
  private final Board own;
  private final SharedMemory memory;
  private final @Nullable Call[] written = new Call[2];
  private final Call[] sides;
  private final long[] sideFiles;
  private final long[] sideOffsets;

  Sides(SharedEpoch epoch, GroupFiles files, int rank, Peers peers, SharedMemory memory) {
    int size = files.group().size();
    this.epoch = epoch;
    this.files = files;
    this.rank = rank;
    this.peers = peers;
    this.own = peers.board(rank);
    this.memory = memory;
    this.sides = new Call[size];
    this.sideFiles = new long[size];
    this.sideOffsets = new long[size];
  }

  /** Writes a call to this rank's slot, unless that very object is there. */
  @SuppressWarnings("ReferenceEquality")
  void write(long slot, Call call) {
    int index = slot == Board.slot(0) ? 0 : 1;
    if (written[index] == call) {
      return;
    }
    Signature signature = call.signature();
    Place place = memory.find(call.send());
    own.set(slot + Board.SLOT_WHAT, what(signature));
    own.set(slot + Board.SLOT_COUNT, signature.count());
    own.set(slot + Board.SLOT_FILE, place == null ? 0 : place.number());
    own.set(slot + Board.SLOT_OFFSET, place == null ? 0 : place.offset());
    written[index] = call;
  }

  private static long what(Signature signature) {
    return signature.kind().ordinal()
        | (long) signature.type().ordinal() << TYPE_SHIFT
        | (long) signature.argument() << ARGUMENT_SHIFT;
  }

  /**
   * Checks the calls in a slot of all boards.
   *
   * @throws IllegalStateException when they differ; every rank compares with rank 0, so that all
   *     say the same
   */
  void requireAgreement(long slot) {
    Board first = peers.board(0);
    long what = first.get(slot + Board.SLOT_WHAT);
    long count = first.get(slot + Board.SLOT_COUNT);
    for (int peer = 1; peer < sides.length; peer++) {
      Board board = peers.board(peer);
      if (board.get(slot + Board.SLOT_WHAT) != what
          || board.get(slot + Board.SLOT_COUNT) != count) {
        throw new IllegalStateException(
            "ranks of group %s disagree: rank 0 calls %s, rank %d calls %s"
                .formatted(
                    files.group().name(), signature(first, slot), peer, signature(board, slot)));
      }
    }
  }

  private static Signature signature(Board board, long slot) {
    long what = board.get(slot + Board.SLOT_WHAT);
    return new Signature(
        KINDS[(int) (what & 0xFF)],
        TYPES[(int) (what >> TYPE_SHIFT & 0xFF)],
        board.get(slot + Board.SLOT_COUNT),
        (int) (what >> ARGUMENT_SHIFT));
  }

  /** Whether the send buffers of all ranks lie in shared memory. */
  boolean areShared(long slot) {
    for (int peer = 0; peer < sides.length; peer++) {
      if (peers.board(peer).get(slot + Board.SLOT_FILE) == 0) {
        return false;
      }
    }
    return true;
  }

  /** The calls in a slot, which agree, with the peers' buffers as this process sees them. */
  Call[] read(long slot, Call mine) {
    for (int peer = 0; peer < sides.length; peer++) {
      sides[peer] = peer == rank ? mine : side(peer, slot, mine);
    }
    return sides;
  }

  private Call side(int peer, long slot, Call mine) {
    Board board = peers.board(peer);
    long file = board.get(slot + Board.SLOT_FILE);
    long offset = board.get(slot + Board.SLOT_OFFSET);
    Call last = sides[peer];
    if (last != null
        && sideFiles[peer] == file
        && sideOffsets[peer] == offset
        && last.send().byteSize() == mine.send().byteSize()) {
      return last;
    }
    MemorySegment send =
        epoch.buffer(files.folder(peer), file).asSlice(offset, mine.send().byteSize());
    sideFiles[peer] = file;
    sideOffsets[peer] = offset;
    return new Call(mine.signature(), send, send);
  }
}
