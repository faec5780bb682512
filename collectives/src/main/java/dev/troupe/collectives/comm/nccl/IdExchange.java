package dev.troupe.collectives.comm.nccl;

import dev.troupe.collectives.comm.Communicator;
import dev.troupe.collectives.comm.Communicators;
import dev.troupe.collectives.device.BufferView;
import dev.troupe.collectives.device.DataType;
import dev.troupe.collectives.device.cpu.CpuBuffer;
import dev.troupe.collectives.device.cpu.CpuDevice;
import dev.troupe.collectives.mesh.ProcessGroup;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Hands the unique id of an epoch from its first rank to all others, over the CPU communicators of
 * the same epoch, which authenticate their peers by the epoch's token. NCCL opens the socket that
 * an id stands for in the process that makes it, so none but a rank can make it.
 *
 * <p>The ranks are a binary tree: rank i has the id from rank (i - 1) / 2. So a rank has at most
 * three connections and the last one has the id after log2(n) hops, however many there are.
 */
final class IdExchange {
  private final Communicators host;
  private final long epoch;
  private final List<Integer> world;
  private final Map<Integer, Communicator> pairs = new TreeMap<>();
  private @Nullable String abortReason;

  /**
   * Prepares; nothing is opened yet.
   *
   * @param world mesh ranks of the epoch, in order
   */
  IdExchange(Communicators host, long epoch, List<Integer> world) {
    this.host = host;
    this.epoch = epoch;
    this.world = world;
  }

  /** Gets the id, or has it made on the first rank, and hands it on. Blocks. */
  byte[] run(int index, Supplier<byte[]> maker) {
    List<Integer> children = new ArrayList<>();
    for (int child = 2 * index + 1; child <= 2 * index + 2 && child < world.size(); child++) {
      children.add(child);
    }
    try (CpuDevice device = new CpuDevice("nccl-id", 1);
        CpuBuffer buffer = device.allocate(NcclSetup.ID_BYTES)) {
      BufferView view = new BufferView(buffer, 0, NcclSetup.ID_BYTES, DataType.INT8);
      // All before the first exchange, so that no neighbour waits for one to be opened.
      children.forEach(child -> open(child, index));
      if (index == 0) {
        buffer.segment().copyFrom(MemorySegment.ofArray(maker.get()));
      } else {
        open(index, index).recv(view, 0);
      }
      children.forEach(child -> pair(child).send(view, 1));
      return buffer.segment().toArray(ValueLayout.JAVA_BYTE);
    } finally {
      close();
    }
  }

  /** From any thread. */
  synchronized void abort(String reason) {
    abortReason = reason;
    pairs.values().forEach(pair -> pair.abort(reason));
  }

  /** The pair that is named after its child: its first member is the parent. */
  private synchronized Communicator open(int child, int caller) {
    List<Integer> members = List.of(world.get((child - 1) / 2), world.get(child));
    ProcessGroup group = new ProcessGroup("nccl-id." + child, members);
    Communicator pair = host.open(epoch, group, world.get(caller));
    pairs.put(child, pair);
    if (abortReason != null) {
      pair.abort(abortReason);
    }
    return pair;
  }

  private synchronized Communicator pair(int child) {
    return Objects.requireNonNull(pairs.get(child));
  }

  private synchronized void close() {
    pairs.values().forEach(Communicator::close);
    pairs.clear();
  }
}
