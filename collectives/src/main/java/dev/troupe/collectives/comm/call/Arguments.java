package dev.troupe.collectives.comm.call;

import dev.troupe.collectives.device.BufferView;
import dev.troupe.collectives.device.DataType;
import java.util.Objects;

/** What a rank can check alone of a collective's arguments, wherever the buffers lie. */
public final class Arguments {
  private Arguments() {}

  /** INT8 data are bytes that are moved. */
  public static void requireNumbers(DataType type) {
    if (type == DataType.INT8) {
      throw new IllegalArgumentException("INT8 data cannot be reduced");
    }
  }

  /** See {@link dev.troupe.collectives.comm.Communicator#reduceScatter}. */
  public static void reduceScatter(BufferView send, BufferView recv, int rank, int size) {
    requireNumbers(send.type());
    requireBlocks("send", send, "recv", recv, size);
    requireApartFromBlock(send, recv, rank);
  }

  /** See {@link dev.troupe.collectives.comm.Communicator#reduceScatterAdd}. */
  public static void reduceScatterAdd(
      BufferView send, BufferView recv, int contributors, int size) {
    requireNumbers(send.type());
    requireBlocks("send", send, "recv", recv, size);
    if (contributors < 1 || contributors > size) {
      throw new IllegalArgumentException(
          "contributors must be 1 to " + size + ", not " + contributors);
    }
    requireApart(send, recv);
  }

  /** See {@link dev.troupe.collectives.comm.Communicator#allGather}. */
  public static void allGather(BufferView send, BufferView recv, int rank, int size) {
    requireBlocks("recv", recv, "send", send, size);
    requireApartFromBlock(recv, send, rank);
  }

  /** See {@link dev.troupe.collectives.comm.Communicator#allToAll}. */
  public static void allToAll(BufferView send, BufferView recv, int size) {
    if (send.count() != recv.count() || send.type() != recv.type() || send.count() % size != 0) {
      throw new IllegalArgumentException(
          "all-to-all among %d ranks needs equal blocks: send %d x %s, recv %d x %s"
              .formatted(size, send.count(), send.type(), recv.count(), recv.type()));
    }
    requireApart(send, recv);
  }

  /** See {@link dev.troupe.collectives.comm.Communicator#shift}. */
  public static void shift(BufferView send, BufferView recv, int by, int size) {
    Objects.checkIndex(by - 1, size - 1);
    if (send.count() != recv.count() || send.type() != recv.type()) {
      throw new IllegalArgumentException(
          "a shift needs as much room as data: send %d x %s, recv %d x %s"
              .formatted(send.count(), send.type(), recv.count(), recv.type()));
    }
    requireApart(send, recv);
  }

  /** Of a message: another rank of the group. */
  public static void requirePeer(int peer, int rank, int size) {
    Objects.checkIndex(peer, size);
    if (peer == rank) {
      throw new IllegalArgumentException("rank " + rank + " cannot exchange with itself");
    }
  }

  /** Where a view begins, in its device's address space. */
  public static long address(BufferView view) {
    return view.buffer().address() + view.offset();
  }

  private static void requireBlocks(
      String wholeName, BufferView whole, String blockName, BufferView block, int size) {
    if (whole.type() != block.type() || whole.count() != block.count() * size) {
      throw new IllegalArgumentException(
          "%s must be %d times %s: %d x %s and %d x %s"
              .formatted(
                  wholeName,
                  size,
                  blockName,
                  whole.count(),
                  whole.type(),
                  block.count(),
                  block.type()));
    }
  }

  private static void requireApartFromBlock(BufferView whole, BufferView block, int rank) {
    if (address(block) != address(whole) + rank * block.bytes()) {
      requireApart(whole, block);
    }
  }

  private static void requireApart(BufferView one, BufferView other) {
    long first = address(one);
    long second = address(other);
    if (first < second + other.bytes() && second < first + one.bytes()) {
      throw new IllegalArgumentException(
          "send and recv overlap: %d bytes at %d and %d bytes at %d"
              .formatted(one.bytes(), first, other.bytes(), second));
    }
  }
}
