package dev.troupe.collectives.comm.shared;

import dev.troupe.collectives.comm.CommunicatorAbortedException;
import dev.troupe.collectives.device.cpu.Backoff;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The boards of a group, and how a rank waits for words on them: a wait ends with an exception when
 * the group is aborted, the awaited rank has closed, or a process of the group has died. A board is
 * mapped when it is first waited for. Used by the rank's thread.
 */
final class Peers {
  private static final long LIFE_SIGN_NANOS = TimeUnit.MILLISECONDS.toNanos(20);

  /** The clock is looked at once in so many turns: at first a turn is a few nanoseconds. */
  private static final int CLOCK_TURNS = 64;

  private final SharedEpoch epoch;
  private final GroupFiles files;
  private final int rank;
  private final Board own;
  private final Duration patience;
  private final @Nullable Board[] boards;
  private final Backoff backoff;
  private boolean met;

  /**
   * Creates the rank's list, on which only its own board is.
   *
   * @param patience how long a rank that has not opened its end is waited for
   * @param ranksOnHost ranks of all groups
   */
  Peers(
      SharedEpoch epoch,
      GroupFiles files,
      int rank,
      Board own,
      Duration patience,
      int ranksOnHost) {
    this.epoch = epoch;
    this.files = files;
    this.rank = rank;
    this.own = own;
    this.patience = patience;
    this.boards = new Board[files.group().size()];
    this.backoff = Backoff.among(ranksOnHost);
    boards[rank] = own;
  }

  /** The board of a rank; waits until it exists. */
  Board board(int peer) {
    Board board = boards[peer];
    return board != null ? board : attach(peer);
  }

  /**
   * Returns when every rank has mapped every board. Without it a rank could leave, and its board
   * vanish, before a slow one has found it.
   */
  void meet() {
    if (!met) {
      for (int peer = 0; peer < boards.length; peer++) {
        Board unused = board(peer);
      }
      own.setRelease(Board.ATTACHED, 1);
      awaitAll(Board.ATTACHED, 1);
      met = true;
    }
  }

  /** Waits until the word at {@code at} of every other rank's board is {@code least} or more. */
  void awaitAll(long at, long least) {
    for (int peer = 0; peer < boards.length; peer++) {
      if (peer != rank) {
        await(peer, at, least);
      }
    }
  }

  /** Waits until the word at {@code at} of a rank's board is {@code least} or more. */
  void await(int peer, long at, long least) {
    Board board = board(peer);
    if (board.getAcquire(at) < least) {
      awaitPatiently(peer, board, at, least);
    }
  }

  private void awaitPatiently(int peer, Board board, long at, long least) {
    backoff.reset();
    long nextLook = 0;
    for (int turn = 0; board.getAcquire(at) < least; turn++) {
      checkAborted();
      // Looks again after the flag: what the peer did before it closed counts.
      if (board.isClosed() && board.getAcquire(at) < least) {
        epoch.abort(files, rank, named(peer) + " has closed its communicator");
      }
      if (turn % CLOCK_TURNS == CLOCK_TURNS - 1 && System.nanoTime() - nextLook >= 0) {
        if (nextLook != 0) {
          checkProcesses();
        }
        nextLook = System.nanoTime() + LIFE_SIGN_NANOS;
      }
      backoff.pause();
    }
  }

  private Board attach(int peer) {
    backoff.reset();
    long start = System.nanoTime();
    long nextLook = start + LIFE_SIGN_NANOS;
    while (true) {
      checkAborted();
      Board board = epoch.map(files.board(peer));
      if (board != null) {
        return admit(peer, board);
      }
      long now = System.nanoTime();
      if (now - start > patience.toNanos()) {
        String process = files.folder(peer).getFileName().toString();
        epoch.abort(
            files,
            rank,
            "%s (process %s) has not come within %d s"
                .formatted(named(peer), process, patience.toSeconds()));
      } else if (now - nextLook >= 0) {
        checkProcesses();
        nextLook = now + LIFE_SIGN_NANOS;
      }
      backoff.pause();
    }
  }

  private Board admit(int peer, Board board) {
    if (!board.isOf(files.group().size(), files.group().ranks().hashCode())) {
      epoch.abort(files, rank, "ranks disagree about the members of " + files.group());
      checkAborted();
    }
    String reason = board.abortReason();
    if (reason != null) {
      own.abort(reason);
      checkAborted();
    }
    boards[peer] = board;
    return board;
  }

  /** Throws when the group is aborted. */
  void checkAborted() {
    String reason = own.abortReason();
    if (reason != null) {
      throw new CommunicatorAbortedException(reason);
    }
  }

  /** Aborts when a process has died that was seen. */
  private void checkProcesses() {
    for (int peer = 0; peer < boards.length; peer++) {
      Path folder = files.folder(peer);
      Board board = boards[peer];
      if (board == null
          ? !ProcessFolder.isLiveOrAbsent(folder)
          : !board.isClosed() && !ProcessFolder.isLive(folder)) {
        String process = board == null ? "process" : "process " + board.process();
        epoch.abort(
            files,
            rank,
            "%s died: %s (%s) is gone".formatted(named(peer), process, folder.getFileName()));
        return;
      }
    }
  }

  private String named(int peer) {
    return "rank " + peer + " of group " + files.group().name();
  }
}
