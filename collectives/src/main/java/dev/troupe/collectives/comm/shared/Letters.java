package dev.troupe.collectives.comm.shared;

import dev.troupe.collectives.device.DataType;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.function.Function;

/**
 * Point-to-point messages. The sender offers a letter in its mailbox for the receiver; the receiver
 * takes the data from where they lie, or piece by piece from the sender's staging area, and answers
 * in its own mailbox for the sender with what it wanted, so that both can tell whether it fitted.
 */
final class Letters {
  private static final long HALF_BYTES = Staging.LETTER_BYTES;

  /** Words that the sender writes. */
  private static final long OFFERED = 0;

  private static final long TYPE = 8;
  private static final long BYTES = 16;
  private static final long FILE = 24;
  private static final long OFFSET = 32;
  private static final long PIECES = 128;

  /** Words that the receiver writes. */
  private static final long ANSWERED = 256;

  private static final long WANTED_TYPE = 264;
  private static final long WANTED_BYTES = 272;
  private static final long TAKEN = 384;

  private static final DataType[] TYPES = DataType.values();

  private final SharedEpoch epoch;
  private final GroupFiles files;
  private final int rank;
  private final Peers peers;
  private final Board own;
  private final Staging staging;
  private final SharedMemory memory;
  private final Function<Throwable, RuntimeException> failed;

  /**
   * Creates the letters of a rank.
   *
   * @param failed ends the group because of a failure and gives what to throw
   */
  Letters(
      SharedEpoch epoch,
      GroupFiles files,
      int rank,
      Peers peers,
      Staging staging,
      SharedMemory memory,
      Function<Throwable, RuntimeException> failed) {
    this.epoch = epoch;
    this.files = files;
    this.rank = rank;
    this.peers = peers;
    this.own = peers.board(rank);
    this.staging = staging;
    this.memory = memory;
    this.failed = failed;
  }

  void send(DataType type, MemorySegment data, int peer) {
    long mine = Board.mailbox(peer);
    long theirs = Board.mailbox(rank);
    long letter = own.get(mine + OFFERED) + 1;
    Place place = memory.find(data);
    boolean staged = place == null && data.byteSize() > 0;
    if (staged) {
      MemorySegment unused = staging.area(rank);
    }
    own.set(mine + TYPE, type.ordinal());
    own.set(mine + BYTES, data.byteSize());
    own.set(mine + FILE, place == null ? 0 : place.number());
    own.set(mine + OFFSET, place == null ? 0 : place.offset());
    own.setRelease(mine + OFFERED, letter);
    // The receiver answers before it takes anything.
    peers.await(peer, theirs + ANSWERED, letter);
    Board board = peers.board(peer);
    requireFit(
        type,
        data.byteSize(),
        type(board.get(theirs + WANTED_TYPE)),
        board.get(theirs + WANTED_BYTES));
    if (staged) {
      guarded(() -> stage(data, peer, mine, theirs));
    } else {
      peers.await(peer, theirs + TAKEN, own.get(mine + PIECES) + 1);
      own.setRelease(mine + PIECES, own.get(mine + PIECES) + 1);
    }
  }

  /** Both sides have agreed: who fails from here on would leave the other waiting. */
  private void guarded(Runnable work) {
    try {
      work.run();
    } catch (RuntimeException | Error e) {
      throw failed.apply(e);
    }
  }

  /** Lays the data down piece by piece; each half again once its piece has been taken. */
  private void stage(MemorySegment data, int peer, long mine, long theirs) {
    MemorySegment area = staging.area(rank);
    long piece = own.get(mine + PIECES);
    for (long done = 0; done < data.byteSize(); done += HALF_BYTES) {
      peers.await(peer, theirs + TAKEN, piece - 1);
      piece++;
      long bytes = Math.min(HALF_BYTES, data.byteSize() - done);
      MemorySegment.copy(data, done, area, half(piece), bytes);
      own.setRelease(mine + PIECES, piece);
    }
    // Only now may a letter to another rank use the area.
    peers.await(peer, theirs + TAKEN, piece);
  }

  void recv(DataType type, MemorySegment data, int peer) {
    long mine = Board.mailbox(peer);
    long theirs = Board.mailbox(rank);
    long letter = own.get(mine + ANSWERED) + 1;
    peers.await(peer, theirs + OFFERED, letter);
    Board board = peers.board(peer);
    own.set(mine + WANTED_TYPE, type.ordinal());
    own.set(mine + WANTED_BYTES, data.byteSize());
    own.setRelease(mine + ANSWERED, letter);
    requireFit(type(board.get(theirs + TYPE)), board.get(theirs + BYTES), type, data.byteSize());
    long file = board.get(theirs + FILE);
    if (file == 0 && data.byteSize() > 0) {
      guarded(() -> takeStaged(data, peer, mine, theirs));
      return;
    }
    if (file != 0) {
      long offset = board.get(theirs + OFFSET);
      guarded(() -> take(files.folder(peer), file, offset, data));
    }
    own.setRelease(mine + TAKEN, own.get(mine + TAKEN) + 1);
  }

  private void take(Path folder, long file, long offset, MemorySegment data) {
    MemorySegment.copy(epoch.buffer(folder, file), offset, data, 0, data.byteSize());
  }

  private void takeStaged(MemorySegment data, int peer, long mine, long theirs) {
    long piece = own.get(mine + TAKEN);
    for (long done = 0; done < data.byteSize(); done += HALF_BYTES) {
      piece++;
      peers.await(peer, theirs + PIECES, piece);
      long bytes = Math.min(HALF_BYTES, data.byteSize() - done);
      MemorySegment.copy(staging.area(peer), half(piece), data, done, bytes);
      own.setRelease(mine + TAKEN, piece);
    }
  }

  private long half(long piece) {
    return staging.letters() + (piece & 1) * HALF_BYTES;
  }

  private static DataType type(long ordinal) {
    return TYPES[(int) ordinal];
  }

  private static void requireFit(DataType type, long bytes, DataType wanted, long wantedBytes) {
    if (type != wanted || bytes != wantedBytes) {
      throw new IllegalStateException(
          "send of %d bytes of %s meets recv of %d bytes of %s"
              .formatted(bytes, type, wantedBytes, wanted));
    }
  }
}
