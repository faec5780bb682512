package dev.troupe.collectives.comm.shared;

import dev.troupe.collectives.comm.ReduceOp;
import dev.troupe.collectives.comm.call.Call;
import dev.troupe.collectives.comm.call.Exchange;
import dev.troupe.collectives.comm.call.Meeting;
import dev.troupe.collectives.comm.call.Signature;
import dev.troupe.collectives.comm.call.Signature.Kind;
import dev.troupe.collectives.comm.reduce.Float32PairSum;
import dev.troupe.collectives.comm.reduce.Reducer;
import dev.troupe.collectives.device.DataType;
import dev.troupe.collectives.mesh.ProcessGroup;
import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;

/**
 * One rank's view of a group over its {@link Board boards}. There are three ways:
 *
 * <ul>
 *   <li>small all-reduces: the data travel with the call, and every rank reduces all of them; one
 *       meeting, and no buffer is touched by another rank;
 *   <li>every {@code send} in shared memory: {@link Exchange} over the buffers where they lie;
 *   <li>otherwise {@link StagedExchange}.
 * </ul>
 *
 * All ranks see the same calls, so all go the same way, and all ways give the same bits.
 *
 * <p>A published call stays until the second one after it replaces it; by then every rank has come
 * to the one between and so has finished reading.
 */
final class SharedMeeting implements Meeting {
  private final SharedEpoch epoch;
  private final GroupFiles files;
  private final int rank;
  private final int size;
  private final Peers peers;
  private final Board own;
  private final Staging staging;
  private final Letters letters;
  private final Exchange exchange;
  private final StagedExchange staged;
  private final Reducer reducer;
  private final Sides sides;
  private @Nullable Call call;
  private volatile boolean closed;

  SharedMeeting(SharedEpoch epoch, GroupFiles files, int rank, Peers peers, SharedMemory memory) {
    this.epoch = epoch;
    this.files = files;
    this.rank = rank;
    this.size = files.group().size();
    this.peers = peers;
    this.own = peers.board(rank);
    this.staging = new Staging(epoch, files, rank, peers, memory);
    this.letters = new Letters(epoch, files, rank, peers, staging, memory, this::failed);
    this.exchange = new Exchange(rank, size);
    this.staged = new StagedExchange(rank, size, staging);
    this.reducer = new Reducer(size + 1);
    this.sides = new Sides(epoch, files, rank, peers, memory);
  }

  @Override
  public ProcessGroup group() {
    return files.group();
  }

  @Override
  public int rank() {
    return rank;
  }

  @Override
  public void publish(long number, Call call) {
    this.call = call;
    long slot = Board.slot(number);
    sides.write(slot, call);
    if (isEager(call)) {
      long bytes = call.send().byteSize();
      MemorySegment.copy(call.send(), 0, own.memory(), slot + Board.SLOT_DATA, bytes);
    }
    own.setRelease(slot, number);
  }

  @Override
  public void awaitPublished(long number) {
    long slot = Board.slot(number);
    peers.meet();
    peers.awaitAll(slot, number);
    sides.requireAgreement(slot);
  }

  @Override
  public void perform(long number) {
    Call mine = requireCall();
    long slot = Board.slot(number);
    if (isEager(mine)) {
      reduceEager(mine, slot);
    } else if (sides.areShared(slot)) {
      exchange.perform(sides.read(slot, mine));
      own.setRelease(Board.FINISHED, number);
      peers.awaitAll(Board.FINISHED, number);
    } else {
      staged.perform(mine);
    }
    call = null;
  }

  private void reduceEager(Call mine, long slot) {
    DataType type = mine.signature().type();
    long data = slot + Board.SLOT_DATA;
    Kind kind = mine.signature().kind();
    if (size == 2 && type == DataType.FLOAT32 && kind == Kind.ALL_REDUCE_SUM) {
      MemorySegment first = peers.board(0).memory();
      MemorySegment second = peers.board(1).memory();
      Float32PairSum.sum(first, data, second, data, mine.recv(), 0, mine.recv().byteSize());
      return;
    }
    reducer.clear();
    for (int peer = 0; peer < size; peer++) {
      reducer.from(peers.board(peer).memory(), data);
    }
    reducer.to(mine.recv(), 0);
    ReduceOp op =
        kind == Kind.ALL_REDUCE_SUM
            ? ReduceOp.SUM
            : kind == Kind.ALL_REDUCE_MAX ? ReduceOp.MAX : ReduceOp.MIN;
    reducer.reduce(type, op, mine.signature().count());
  }

  private static boolean isEager(Call call) {
    Signature signature = call.signature();
    return signature.kind().ordinal() <= Kind.ALL_REDUCE_MIN.ordinal()
        && signature.count() <= Board.EAGER_BYTES / signature.type().bytes();
  }

  private Call requireCall() {
    Call current = call;
    if (current == null) {
      throw new AssertionError("nothing is published");
    }
    return current;
  }

  @Override
  public void send(DataType type, MemorySegment data, int peer) {
    letters.send(type, data, peer);
  }

  @Override
  public void recv(DataType type, MemorySegment data, int peer) {
    letters.recv(type, data, peer);
  }

  @Override
  public void abort(String reason) {
    if (!closed) {
      epoch.abort(files, rank, reason);
    }
  }

  @Override
  public @Nullable String abortReason() {
    return own.abortReason();
  }

  @Override
  public void close() {
    closed = true;
    staging.close();
    epoch.close(files, rank, own);
  }
}
