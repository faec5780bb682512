package dev.troupe.train;

import dev.troupe.collectives.comm.Communicator;
import dev.troupe.collectives.device.Bfloat16;
import dev.troupe.collectives.device.BufferView;
import dev.troupe.collectives.device.DataType;
import dev.troupe.collectives.device.Device;
import dev.troupe.collectives.device.DeviceBuffer;
import dev.troupe.optim.BuddyCopy;
import dev.troupe.optim.FlatParameters;
import dev.troupe.optim.OptimizerState;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;
import java.util.function.IntFunction;
import org.jspecify.annotations.Nullable;

/**
 * Compares what the ranks of a data-parallel group hold twice: parameters, and states with their
 * copies. Each rank digests its memory, the digests are gathered, and every rank comes to the same
 * {@link ReplicaVerdict}. Memory is read through the host, on a GPU, too. Used by the rank's
 * thread; {@link #suspects} contains a collective.
 */
final class ReplicaCheck implements AutoCloseable {
  private static final long CHUNK_BYTES = 1 << 18;

  private final Device device;
  private final Communicator dp;
  private final FlatParameters flat;
  private final OptimizerState own;
  private final @Nullable OptimizerState copy;
  private final int shift;
  private final int every;
  private final DeviceBuffer memory;
  private final Arena arena = Arena.ofShared();
  private final MemorySegment chunk = arena.allocate(CHUNK_BYTES, 64);
  private final MemorySegment narrow = arena.allocate(CHUNK_BYTES / 2, 64);
  private @Nullable Seal seal;

  /** Digests of memory that nothing writes to before the next update. */
  private record Seal(long master, long moments, long copyMaster, long copyMoments) {}

  /**
   * A check of one rank.
   *
   * @param copy the copy that it keeps of another's state
   * @param every steps between two checks
   */
  ReplicaCheck(
      Device device,
      Communicator dp,
      FlatParameters flat,
      OptimizerState own,
      @Nullable BuddyCopy copy,
      int every) {
    this.device = device;
    this.dp = dp;
    this.flat = flat;
    this.own = own;
    this.copy = copy == null ? null : copy.state();
    this.shift = copy == null ? 0 : copy.shift();
    this.every = every;
    this.memory = device.allocate(bytes(dp.size()));
  }

  /** Bytes on the device: this rank's digests and everybody's. */
  static long bytes(int dp) {
    return (long) ReplicaDigests.words(dp) * (dp + 1) * Long.BYTES;
  }

  /** Whether {@code step} ends with a check. */
  boolean due(long step) {
    return step % every == 0;
  }

  /** Notes the state, to which nothing writes before the next update. */
  void seal() {
    seal = look();
  }

  /** The state is about to be updated. */
  void unseal() {
    seal = null;
  }

  /** Whether the state has been noted since the last update. */
  boolean sealed() {
    return seal != null;
  }

  /** Indices in the group of ranks whose memory is not to be believed; the same on all of them. */
  List<Integer> suspects() {
    int words = ReplicaDigests.words(dp.size());
    BufferView mine = new BufferView(memory, 0, 2L * words, DataType.INT32);
    BufferView all = new BufferView(memory, mine.bytes(), mine.count() * dp.size(), DataType.INT32);
    List<ReplicaDigests> digests = new ArrayList<>();
    try (Arena call = Arena.ofConfined()) {
      device.write(call.allocateFrom(ValueLayout.JAVA_LONG, digests().toWords()), mine);
      dp.allGather(mine, all).await();
      MemorySegment gathered = call.allocate(all.bytes(), Long.BYTES);
      device.read(all, gathered);
      for (int rank = 0; rank < dp.size(); rank++) {
        MemorySegment one = gathered.asSlice(rank * mine.bytes(), mine.bytes());
        digests.add(ReplicaDigests.ofWords(one.toArray(ValueLayout.JAVA_LONG)));
      }
    }
    return new ReplicaVerdict(digests, shift, own.hasMasters()).suspects();
  }

  private ReplicaDigests digests() {
    long[] values = new long[dp.size()];
    for (int index = 0; index < values.length; index++) {
      int owner = index;
      values[index] = digest(bucket -> flat.slice(bucket, owner));
    }
    Seal now = look();
    Seal before = seal == null ? now : seal;
    long published = own.hasMasters() ? published(own) : now.master();
    long copyPublished = copy == null ? 0 : own.hasMasters() ? published(copy) : now.copyMaster();
    return new ReplicaDigests(
        values,
        published,
        now.master(),
        now.moments(),
        copyPublished,
        now.copyMaster(),
        now.copyMoments(),
        now.master() != before.master() || now.moments() != before.moments(),
        now.copyMaster() != before.copyMaster() || now.copyMoments() != before.copyMoments());
  }

  private Seal look() {
    return copy == null
        ? new Seal(digest(own::master), moments(own), 0, 0)
        : new Seal(digest(own::master), moments(own), digest(copy::master), moments(copy));
  }

  private long moments(OptimizerState state) {
    return digest(state::expAvg) * 31 + digest(state::expAvgSq);
  }

  private long digest(IntFunction<BufferView> slices) {
    Digest64 digest = new Digest64();
    for (int bucket = 0; bucket < flat.buckets().size(); bucket++) {
      read(slices.apply(bucket), digest::add);
    }
    return digest.value();
  }

  /** Of master weights as the parameters that they become. */
  private long published(OptimizerState state) {
    Digest64 digest = new Digest64();
    for (int bucket = 0; bucket < flat.buckets().size(); bucket++) {
      read(state.master(bucket), wide -> digest.add(narrowed(wide)));
    }
    return digest.value();
  }

  private MemorySegment narrowed(MemorySegment wide) {
    long count = wide.byteSize() / Float.BYTES;
    for (long i = 0; i < count; i++) {
      narrow.setAtIndex(
          ValueLayout.JAVA_SHORT,
          i,
          Bfloat16.fromFloat(wide.getAtIndex(ValueLayout.JAVA_FLOAT, i)));
    }
    return narrow.asSlice(0, count * Short.BYTES);
  }

  private interface Reader {
    void take(MemorySegment piece);
  }

  private void read(BufferView view, Reader reader) {
    long most = CHUNK_BYTES / view.type().bytes();
    for (long at = 0; at < view.count(); at += most) {
      BufferView part = view.slice(at, Math.min(most, view.count() - at));
      MemorySegment piece = chunk.asSlice(0, part.bytes());
      device.read(part, piece);
      reader.take(piece);
    }
  }

  @Override
  public void close() {
    arena.close();
    memory.close();
  }
}
