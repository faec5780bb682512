package dev.troupe.collectives.comm.local;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;

import dev.troupe.collectives.comm.Communicator;
import dev.troupe.collectives.comm.Ranks;
import dev.troupe.collectives.comm.ReduceOp;
import dev.troupe.collectives.comm.TestData;
import dev.troupe.collectives.device.BufferView;
import dev.troupe.collectives.device.DataType;
import dev.troupe.collectives.device.cpu.CpuBuffer;
import dev.troupe.collectives.device.cpu.CpuDevice;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

@Timeout(60)
final class DeterminismTest {
  private static final int SHARDS = 12;
  private static final int SHARD_COUNT = 12 * 347;

  private final Ranks ranks = new LocalRanks();
  private final CpuDevice device = ranks.device(0);

  @AfterEach
  void close() {
    ranks.close();
  }

  @ParameterizedTest
  @EnumSource(
      value = DataType.class,
      names = {"FLOAT32", "BFLOAT16", "FLOAT64"})
  void sumsAreTheSameBitsOnEveryRankAndInEveryRun(DataType type) {
    List<byte[]> results = new ArrayList<>();
    for (int run = 0; run < 20; run++) {
      results.addAll(
          ranks.run(
              4,
              comm -> {
                BufferView data = TestData.random(device, type, 4098, comm.rank());
                comm.allReduce(data, ReduceOp.SUM).await();
                return bytes(data);
              }));
    }
    results.forEach(bytes -> assertArrayEquals(results.getFirst(), bytes));
  }

  @Test
  void shardsDealtWithAStrideGiveTheSameBitsForEveryGroupSize() {
    byte[] alone = sumOfShards(1);
    for (int size = 2; size <= 4; size++) {
      assertArrayEquals(alone, sumOfShards(size), "group size " + size);
    }
    // 5 does not divide 12: in the last pass only two ranks have a shard.
    assertArrayEquals(alone, sumOfShards(5));
  }

  @Test
  void theOrderOfTheShardsMattersForTheseData() {
    BufferView first = TestData.random(device, DataType.FLOAT32, SHARD_COUNT, 0);
    BufferView second = TestData.random(device, DataType.FLOAT32, SHARD_COUNT, 1);
    BufferView third = TestData.random(device, DataType.FLOAT32, SHARD_COUNT, 2);
    float forward = 0;
    float backward = 0;
    for (int i = 0; i < SHARD_COUNT && forward == backward; i++) {
      float a = (float) TestData.get(first, i);
      float b = (float) TestData.get(second, i);
      float c = (float) TestData.get(third, i);
      forward = a + b + c;
      backward = c + b + a;
    }
    assertNotEquals(forward, backward);
  }

  private byte[] sumOfShards(int size) {
    // The model is padded so that every group size divides it, as a sharded optimizer does.
    int slice = Math.ceilDiv(SHARD_COUNT, size);
    List<byte[]> slices = ranks.run(size, comm -> sumOwnShards(comm, slice));
    byte[] all = new byte[SHARD_COUNT * Float.BYTES];
    for (int rank = 0; rank < size; rank++) {
      int from = rank * slice * Float.BYTES;
      System.arraycopy(slices.get(rank), 0, all, from, Math.min(slice * 4, all.length - from));
    }
    return all;
  }

  private byte[] sumOwnShards(Communicator comm, int slice) {
    BufferView sum = TestData.zeros(device, DataType.FLOAT32, slice);
    BufferView padded = TestData.zeros(device, DataType.FLOAT32, (long) slice * comm.size());
    for (int first = 0; first < SHARDS; first += comm.size()) {
      int shard = first + comm.rank();
      if (shard < SHARDS) {
        BufferView gradient = TestData.random(device, DataType.FLOAT32, SHARD_COUNT, shard);
        CpuBuffer.segmentOf(padded.slice(0, SHARD_COUNT)).copyFrom(CpuBuffer.segmentOf(gradient));
        gradient.buffer().close();
      }
      int contributors = Math.min(comm.size(), SHARDS - first);
      comm.reduceScatterAdd(padded, sum, contributors).await();
    }
    byte[] bytes = bytes(sum);
    assertEquals(slice * Float.BYTES, bytes.length);
    return bytes;
  }

  private static byte[] bytes(BufferView view) {
    return CpuBuffer.segmentOf(view).toArray(ValueLayout.JAVA_BYTE);
  }
}
