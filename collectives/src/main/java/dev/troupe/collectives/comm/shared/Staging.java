package dev.troupe.collectives.comm.shared;

import dev.troupe.collectives.device.cpu.CpuBuffer;
import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;

/**
 * The areas through which ranks show each other pieces of private buffers, one a rank, made when
 * first needed.
 *
 * <p>Pieces are numbered alike on all ranks and laid into two halves by turns. {@link #arrive}
 * tells that the current piece lies there and that all work on the pieces before is done; so a half
 * is free again when every rank has arrived at the piece after the one that it holds.
 */
final class Staging implements AutoCloseable {
  /** Letters lie behind the two halves, in two halves of their own. */
  static final int LETTER_BYTES = 256 << 10;

  /** Two ranks: both halves and the peer's stay in a second-level cache. */
  private static final int PAIR_BYTES = 256 << 10;

  /** More ranks: meetings cost more than the way to the third-level cache. */
  private static final int GROUP_BYTES = 1 << 20;

  private final SharedEpoch epoch;
  private final GroupFiles files;
  private final int rank;
  private final Peers peers;
  private final SharedMemory memory;
  private final @Nullable MemorySegment[] areas;
  private final int halfBytes;
  private @Nullable CpuBuffer own;
  private long piece;

  Staging(SharedEpoch epoch, GroupFiles files, int rank, Peers peers, SharedMemory memory) {
    this.epoch = epoch;
    this.files = files;
    this.rank = rank;
    this.peers = peers;
    this.memory = memory;
    this.areas = new MemorySegment[files.group().size()];
    this.halfBytes = areas.length <= 2 ? PAIR_BYTES : GROUP_BYTES;
  }

  /**
   * Begins the next piece. Before the first one all ranks make their areas and map the others':
   * later one may be gone when this rank comes to look.
   */
  void next() {
    if (piece == 0) {
      MemorySegment unused = area(rank);
      peers.awaitAll(Board.STAGING_FILE, 1);
      for (int peer = 0; peer < areas.length; peer++) {
        unused = area(peer);
      }
    }
    piece++;
  }

  /** Lays bytes into this rank's half for the current piece. */
  void put(MemorySegment from, long offset, long bytes, long at) {
    MemorySegment.copy(from, offset, area(rank), half() + at, bytes);
  }

  /** Tells that the piece is there and waits for those of all ranks. */
  void meet() {
    arrive();
    peers.awaitAll(Board.STAGED, piece);
  }

  private void arrive() {
    peers.board(rank).setRelease(Board.STAGED, piece);
  }

  /** Most bytes of a piece; the same on all ranks. */
  int halfBytes() {
    return halfBytes;
  }

  /** Where letters lie in an area. */
  long letters() {
    return 2L * halfBytes;
  }

  /** Where the current piece begins in every {@link #area}. */
  long half() {
    return (piece & 1) * halfBytes;
  }

  /** The area of a rank; of a peer only after it has arrived or offered a letter. */
  MemorySegment area(int peer) {
    MemorySegment area = areas[peer];
    if (area == null) {
      area = peer == rank ? create() : epoch.mapping(files.folder(peer), fileOf(peer));
      areas[peer] = area;
    }
    return area;
  }

  private long fileOf(int peer) {
    return peers.board(peer).getAcquire(Board.STAGING_FILE);
  }

  private MemorySegment create() {
    long bytes = letters() + 2L * LETTER_BYTES;
    CpuBuffer buffer = memory.allocate("staging of group " + files.group().name(), bytes);
    own = buffer;
    Place place = memory.find(buffer.segment());
    if (place == null) {
      throw new AssertionError("shared memory does not know its own buffer");
    }
    peers.board(rank).setRelease(Board.STAGING_FILE, place.number());
    return buffer.segment();
  }

  /** Frees this rank's area. */
  @Override
  public void close() {
    if (own != null) {
      own.close();
    }
  }
}
