package dev.troupe.train;

import dev.troupe.collectives.comm.Communicator;
import dev.troupe.collectives.device.Bfloat16;
import dev.troupe.collectives.device.BufferView;
import dev.troupe.collectives.device.DataType;
import dev.troupe.collectives.device.Device;
import dev.troupe.collectives.device.DeviceBuffer;
import dev.troupe.optim.AdamW;
import dev.troupe.optim.Buddies;
import dev.troupe.optim.FlatParameters;
import dev.troupe.optim.OptimizerState;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.Collections;
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
  private final List<OptimizerState> copies;
  private final Buddies buddies;
  private final int every;
  private final DeviceBuffer memory;
  private final Arena arena = Arena.ofShared();
  private final MemorySegment chunk = arena.allocate(CHUNK_BYTES, 64);
  private final MemorySegment narrow = arena.allocate(CHUNK_BYTES / 2, 64);
  private @Nullable Seal seal;

  /** Digests of a state. */
  private record Look(long master, long moments) {}

  /** Digests of memory that nothing writes to before the next update. */
  private record Seal(Look own, List<Look> copies) {}

  /**
   * A check of one rank.
   *
   * @param adam its state, and the copies that it keeps of others'
   * @param buddies who of the group keeps whose
   * @param every steps between two checks
   */
  ReplicaCheck(
      Device device, Communicator dp, FlatParameters flat, AdamW adam, Buddies buddies, int every) {
    this.device = device;
    this.dp = dp;
    this.flat = flat;
    this.own = adam.own();
    this.copies = adam.copies();
    this.buddies = buddies;
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

  /** Whether the state is what was noted, if it was; without the other ranks. */
  boolean unchanged() {
    return seal == null || seal.equals(look());
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
    return new ReplicaVerdict(digests, buddies, own.hasMasters()).suspects();
  }

  private ReplicaDigests digests() {
    List<Long> values = new ArrayList<>();
    for (int index = 0; index < dp.size(); index++) {
      int owner = index;
      values.add(digest(bucket -> flat.slice(bucket, owner)));
    }
    Seal now = look();
    Seal before = seal == null ? now : seal;
    List<ReplicaDigests.OfState> ofCopies =
        new ArrayList<>(Collections.nCopies(dp.size(), ReplicaDigests.OfState.NONE));
    for (int c = 0; c < copies.size(); c++) {
      ofCopies.set(copies.get(c).dpIndex(), digests(copies.get(c), now.copies().get(c)));
    }
    return new ReplicaDigests(
        values,
        digests(own, now.own()),
        ofCopies,
        !now.own().equals(before.own()),
        !now.copies().equals(before.copies()));
  }

  private ReplicaDigests.OfState digests(OptimizerState state, Look look) {
    long published = own.hasMasters() ? published(state) : look.master();
    return new ReplicaDigests.OfState(published, look.master(), look.moments());
  }

  private Seal look() {
    return new Seal(look(own), copies.stream().map(this::look).toList());
  }

  private Look look(OptimizerState state) {
    return new Look(digest(state::master), moments(state));
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
