package dev.troupe.collectives.comm.link;

import dev.troupe.collectives.comm.Communicator;
import dev.troupe.collectives.comm.ReduceOp;
import dev.troupe.collectives.comm.TestData;
import dev.troupe.collectives.device.BufferView;
import dev.troupe.collectives.device.DataType;
import dev.troupe.collectives.device.cpu.CpuBuffer;
import dev.troupe.collectives.device.cpu.CpuDevice;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;

/** What one rank does to call every collective at odd counts, and the bytes that it gets. */
record EveryCollective(CpuDevice device) {
  private static final int[] COUNTS = {0, 1, 13, 207, 4_098, 100_003};
  private static final List<DataType> NUMBERS =
      List.of(DataType.FLOAT32, DataType.BFLOAT16, DataType.FLOAT64, DataType.INT32);

  List<byte[]> all(Communicator comm) {
    List<byte[]> results = new ArrayList<>();
    for (int count : COUNTS) {
      for (DataType type : NUMBERS) {
        reduce(comm, type, count, results);
        scatter(comm, type, count, results);
      }
      move(comm, count, results);
      comm.barrier();
    }
    return results;
  }

  void reduce(Communicator comm, DataType type, int count, List<byte[]> results) {
    for (ReduceOp op : ReduceOp.values()) {
      BufferView data = random(comm, type, count);
      comm.allReduce(data, op).await();
      results.add(bytes(data));
    }
  }

  private void scatter(Communicator comm, DataType type, int count, List<byte[]> results) {
    int size = comm.size();
    BufferView send = random(comm, type, size * count);
    BufferView recv = random(comm, type, count);
    for (int contributors = 1; contributors <= size; contributors++) {
      comm.reduceScatterAdd(send, recv, contributors).await();
      results.add(bytes(recv));
    }
    comm.reduceScatter(send, recv).await();
    results.add(bytes(recv));
    comm.reduceScatter(send, send.slice((long) comm.rank() * count, count)).await();
    results.add(bytes(send));
  }

  private void move(Communicator comm, int count, List<byte[]> results) {
    int size = comm.size();
    int rank = comm.rank();
    BufferView block = random(comm, DataType.INT8, count);
    BufferView all = random(comm, DataType.INT8, size * count);
    comm.allGather(all.slice((long) rank * count, count), all).await();
    results.add(bytes(all));
    comm.allGather(block, all).await();
    results.add(bytes(all));
    BufferView other = TestData.zeros(device, DataType.INT8, (long) size * count);
    comm.allToAll(all, other).await();
    results.add(bytes(other));
    for (int root = 0; root < size; root++) {
      BufferView data = random(comm, DataType.BFLOAT16, count);
      comm.broadcast(data, root).await();
      results.add(bytes(data));
    }
    if (size > 1) {
      BufferView got = TestData.zeros(device, DataType.INT8, count);
      int next = (rank + 1) % size;
      int previous = (rank + size - 1) % size;
      if (rank % 2 == 0) {
        comm.send(block, next);
        comm.recv(got, previous);
      } else {
        comm.recv(got, previous);
        comm.send(block, next);
      }
      results.add(bytes(got));
    }
  }

  private BufferView random(Communicator comm, DataType type, int count) {
    long seed = 31L * count + comm.rank();
    if (type == DataType.INT8) {
      BufferView bytes = TestData.zeros(device, type, count);
      BufferView shorts = TestData.random(device, DataType.BFLOAT16, count / 2, seed);
      CpuBuffer.segmentOf(bytes.slice(0, shorts.bytes())).copyFrom(CpuBuffer.segmentOf(shorts));
      return bytes;
    }
    return TestData.random(device, type, count, seed);
  }

  private static byte[] bytes(BufferView view) {
    return CpuBuffer.segmentOf(view).toArray(ValueLayout.JAVA_BYTE);
  }
}
