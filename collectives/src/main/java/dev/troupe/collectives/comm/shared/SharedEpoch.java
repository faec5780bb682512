package dev.troupe.collectives.comm.shared;

import dev.troupe.collectives.comm.Communicator;
import dev.troupe.collectives.comm.call.MeetingCommunicator;
import dev.troupe.collectives.mesh.Placement;
import dev.troupe.collectives.mesh.ProcessGroup;
import dev.troupe.collectives.mesh.Site;
import dev.troupe.proto.error.TroupeException;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * What this process has of one mesh epoch: the ends that are open and the peers' files that are
 * mapped, which all ends share. Mappings last until no end is open. Thread-safe.
 */
final class SharedEpoch {
  private final long number;
  private final Placement placement;
  private final Site site;
  private final SharedMemory memory;
  private final Duration patience;
  private final Map<Path, MemorySegment> mapped = new HashMap<>();
  private final List<Path> leftBehind = new ArrayList<>();
  private @Nullable Arena arena;
  private @Nullable String aborted;
  private int ends;

  private SharedEpoch(
      long number, Placement placement, Site site, SharedMemory memory, Duration patience) {
    this.number = number;
    this.placement = placement;
    this.site = site;
    this.memory = memory;
    this.patience = patience;
  }

  static SharedEpoch of(long number, Placement placement, SharedMemory memory, Duration patience) {
    String process = memory.folder().getFileName().toString();
    for (Site site : placement.sites()) {
      if (site.process().equals(process)) {
        return new SharedEpoch(number, placement, site, memory, patience);
      }
    }
    throw new IllegalArgumentException(
        "process " + process + " is not in the placement of epoch " + number);
  }

  /** Opens the end of a rank, by its index in the group. */
  synchronized Communicator open(ProcessGroup group, int rank) {
    GroupFiles files = GroupFiles.of(root(), site.host(), placement, number, group);
    if (!files.folder(rank).equals(memory.folder())) {
      throw new IllegalArgumentException(
          "rank %d of group %s is not of process %s".formatted(rank, group, site.process()));
    }
    Board board = publishBoard(files, rank);
    ends++;
    // The board comes first: whoever aborts later sees it, whoever did so before has left a mark.
    String reason = abortMark();
    if (reason != null) {
      board.abort(reason);
    }
    Peers peers = new Peers(this, files, rank, board, patience, ranksOnHost());
    return new MeetingCommunicator(new SharedMeeting(this, files, rank, peers, memory));
  }

  /** Makes a board under another name first: peers see it whole or not at all. */
  private Board publishBoard(GroupFiles files, int rank) {
    Path path = files.board(rank);
    if (Files.exists(path)) {
      throw new IllegalStateException(
          "rank %d of group %s was opened before".formatted(rank, files.group().name()));
    }
    Path unfinished = path.resolveSibling(path.getFileName() + ".new");
    int size = files.group().size();
    Board board =
        new Board(SharedFile.create(path.toString(), unfinished, Board.bytes(size), arena()));
    board.sign(size, files.group().ranks().hashCode(), ProcessHandle.current().pid());
    try {
      Files.move(unfinished, path);
    } catch (IOException e) {
      throw TroupeException.resource("cannot make " + path + ": " + e);
    }
    mapped.put(path, board.memory());
    return board;
  }

  /** The board in a file, or null when there is none. */
  synchronized @Nullable Board map(Path file) {
    MemorySegment segment = mapped.get(file);
    if (segment == null) {
      try {
        segment = SharedFile.map(file, arena());
      } catch (NoSuchFileException e) {
        return null;
      } catch (IOException e) {
        throw TroupeException.resource("cannot map " + file + ": " + e);
      }
      mapped.put(file, segment);
    }
    return new Board(segment);
  }

  /** A buffer of a process of this host; of this process, what its owner closes. */
  synchronized MemorySegment buffer(Path folder, long fileNumber) {
    if (folder.equals(memory.folder())) {
      MemorySegment own = memory.segment(fileNumber);
      if (own == null) {
        throw new IllegalStateException("buffer " + fileNumber + " is closed");
      }
      return own;
    }
    return mapping(folder, fileNumber);
  }

  /** The same, but a mapping of its own also where the buffer is this process's. */
  synchronized MemorySegment mapping(Path folder, long fileNumber) {
    Path file = folder.resolve(Long.toString(fileNumber));
    Board board = map(file);
    if (board == null) {
      throw new IllegalStateException("a peer's buffer is closed: " + file);
    }
    return board.memory();
  }

  /** Aborts one group: on every board that exists; ranks yet to come see it on ours. */
  synchronized void abort(GroupFiles files, int rank, String reason) {
    if (ends == 0) {
      return;
    }
    abort(files.board(rank), reason);
    for (int peer = 0; peer < files.group().size(); peer++) {
      abort(files.board(peer), reason);
    }
  }

  /** Aborts every group of the epoch on this host, whether this process takes part or not. */
  synchronized void abort(String reason) {
    if (aborted != null) {
      return;
    }
    aborted = reason;
    ends++; // Keeps the mappings while this runs.
    try {
      Files.writeString(mark(memory.folder()), reason);
      for (Path folder : folders()) {
        for (Path board : boardsIn(folder)) {
          abort(board, reason);
        }
      }
    } catch (IOException e) {
      throw TroupeException.resource("cannot abort epoch " + number + ": " + e);
    } finally {
      endClosed();
    }
  }

  private void abort(Path file, String reason) {
    Board board = map(file);
    if (board != null) {
      board.abort(reason);
    }
  }

  /** Closes an end; the last one of a group deletes the boards of all. */
  synchronized void close(GroupFiles files, int rank, Board board) {
    board.close();
    List<Path> boards = new ArrayList<>();
    boolean allClosed = true;
    for (int peer = 0; peer < files.group().size(); peer++) {
      boards.add(files.board(peer));
      Board other = map(files.board(peer));
      allClosed &= other != null && other.isClosed();
    }
    if (allClosed) {
      boards.forEach(SharedFile::delete);
      boards.forEach(mapped::remove);
    } else {
      leftBehind.add(files.board(rank));
    }
    endClosed();
  }

  synchronized boolean isInUse() {
    return ends > 0;
  }

  /** Deletes the boards that peers have not deleted, when no end of this process is open. */
  synchronized void discardIfUnused() {
    if (ends == 0) {
      leftBehind.forEach(SharedFile::delete);
      leftBehind.clear();
    }
  }

  /** Deletes the last trace. */
  synchronized void forget() {
    discardIfUnused();
    SharedFile.delete(mark(memory.folder()));
  }

  private void endClosed() {
    ends--;
    if (ends == 0 && arena != null) {
      mapped.clear();
      arena.close();
      arena = null;
    }
  }

  private Arena arena() {
    Arena current = arena;
    if (current == null) {
      current = Arena.ofShared();
      arena = current;
    }
    return current;
  }

  /** The reason for which a process of this host aborted the epoch, or null. */
  private @Nullable String abortMark() {
    if (aborted != null) {
      return aborted;
    }
    for (Path folder : folders()) {
      try {
        return Files.readString(mark(folder));
      } catch (NoSuchFileException e) {
        // The usual case.
      } catch (IOException e) {
        throw TroupeException.resource("cannot read " + mark(folder) + ": " + e);
      }
    }
    return null;
  }

  private Path mark(Path folder) {
    return folder.resolve("abort-e" + number);
  }

  private List<Path> boardsIn(Path folder) throws IOException {
    if (!Files.isDirectory(folder)) {
      return List.of();
    }
    try (Stream<Path> files = Files.list(folder)) {
      String prefix = "e" + number + "-";
      return files
          .filter(file -> file.getFileName().toString().startsWith(prefix))
          .filter(file -> !file.toString().endsWith(".new"))
          .toList();
    }
  }

  private List<Path> folders() {
    return placement.sites().stream()
        .filter(other -> other.host().equals(site.host()))
        .map(other -> root().resolve(other.process()))
        .toList();
  }

  private int ranksOnHost() {
    return placement.sites().stream()
        .filter(other -> other.host().equals(site.host()))
        .mapToInt(other -> other.ranks().size())
        .sum();
  }

  private Path root() {
    return memory.folder().resolveSibling("");
  }
}
