package dev.troupe.collectives.comm;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.troupe.collectives.device.BufferView;
import dev.troupe.collectives.device.DataType;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Every collective against plain scalar code, at every group size and at odd counts. */
@Timeout(60)
public abstract class CollectivesContract {
  private static final List<DataType> NUMBERS =
      List.of(DataType.FLOAT32, DataType.BFLOAT16, DataType.FLOAT64, DataType.INT32);

  private final Ranks ranks = newRanks();

  /** Where the ranks are. */
  protected abstract Ranks newRanks();

  @AfterEach
  void close() {
    ranks.close();
  }

  private static Stream<Arguments> cases() {
    List<Arguments> cases = new ArrayList<>();
    for (int size = 1; size <= 4; size++) {
      for (int count : new int[] {0, 1, 13, 207, 4098}) {
        cases.add(Arguments.of(size, count));
      }
    }
    // Two ranks have ways of their own.
    cases.add(Arguments.of(2, 100_003));
    cases.add(Arguments.of(3, 100_003));
    return cases.stream();
  }

  @ParameterizedTest
  @MethodSource("cases")
  void allReduceGivesEveryRankTheReductionInRankOrder(int size, int count) {
    for (DataType type : NUMBERS) {
      for (ReduceOp op : ReduceOp.values()) {
        List<BufferView> data = random(type, size, count);
        List<double[]> before = values(data);
        ranks.run(
            size,
            comm -> {
              comm.allReduce(data.get(comm.rank()), op).await();
              return comm.rank();
            });
        double[] expected = reduced(type, op, before, 0, count);
        data.forEach(view -> assertArrayEquals(expected, TestData.values(view)));
        release(data);
      }
    }
  }

  @ParameterizedTest
  @MethodSource("cases")
  void reduceScatterGivesEachRankItsSlice(int size, int count) {
    for (DataType type : NUMBERS) {
      List<BufferView> send = random(type, size, size * count);
      List<double[]> before = values(send);
      List<BufferView> apart = zeros(type, size, count);
      ranks.run(
          size,
          comm -> {
            int rank = comm.rank();
            comm.reduceScatter(send.get(rank), apart.get(rank)).await();
            return rank;
          });
      for (int rank = 0; rank < size; rank++) {
        double[] expected = reduced(type, ReduceOp.SUM, before, rank * count, count);
        assertArrayEquals(expected, TestData.values(apart.get(rank)));
      }
      release(send);
      release(apart);
    }
  }

  @ParameterizedTest
  @MethodSource("cases")
  void reduceScatterMayWriteTheRanksOwnSlice(int size, int count) {
    for (DataType type : NUMBERS) {
      List<BufferView> send = random(type, size, size * count);
      List<double[]> before = values(send);
      ranks.run(
          size,
          comm -> {
            BufferView all = send.get(comm.rank());
            comm.reduceScatter(all, all.slice((long) comm.rank() * count, count)).await();
            return comm.rank();
          });
      for (int rank = 0; rank < size; rank++) {
        double[] expected = before.get(rank).clone();
        double[] slice = reduced(type, ReduceOp.SUM, before, rank * count, count);
        System.arraycopy(slice, 0, expected, rank * count, count);
        assertArrayEquals(expected, TestData.values(send.get(rank)));
      }
      release(send);
    }
  }

  @ParameterizedTest
  @MethodSource("cases")
  void reduceScatterAddContinuesASumWithTheFirstContributors(int size, int count) {
    for (int contributors = 1; contributors <= size; contributors++) {
      int used = contributors;
      List<BufferView> send = random(DataType.FLOAT32, size, size * count);
      List<BufferView> recv = random(DataType.FLOAT32, size, count);
      List<double[]> before = values(recv);
      ranks.run(
          size,
          comm -> {
            int rank = comm.rank();
            comm.reduceScatterAdd(send.get(rank), recv.get(rank), used).await();
            return rank;
          });
      for (int rank = 0; rank < size; rank++) {
        double[] expected = new double[count];
        for (int i = 0; i < count; i++) {
          double[] terms = new double[used + 1];
          terms[0] = before.get(rank)[i];
          for (int peer = 0; peer < used; peer++) {
            terms[peer + 1] = TestData.get(send.get(peer), (long) rank * count + i);
          }
          expected[i] = TestData.reduce(DataType.FLOAT32, ReduceOp.SUM, terms);
        }
        assertArrayEquals(expected, TestData.values(recv.get(rank)));
      }
      release(send);
      release(recv);
    }
  }

  @ParameterizedTest
  @MethodSource("cases")
  void allGatherGivesEveryRankAllBlocksInRankOrder(int size, int count) {
    List<BufferView> send = random(DataType.BFLOAT16, size, count);
    List<BufferView> recv = zeros(DataType.BFLOAT16, size, size * count);
    List<BufferView> inPlace = random(DataType.FLOAT32, size, size * count);
    List<double[]> before = values(inPlace);
    ranks.run(
        size,
        comm -> {
          int rank = comm.rank();
          comm.allGather(send.get(rank), recv.get(rank)).await();
          BufferView whole = inPlace.get(rank);
          comm.allGather(whole.slice((long) rank * count, count), whole).await();
          return rank;
        });
    for (int rank = 0; rank < size; rank++) {
      for (int i = 0; i < size * count; i++) {
        int peer = i / count;
        assertEquals(TestData.get(send.get(peer), i % count), TestData.get(recv.get(rank), i));
        assertEquals(before.get(peer)[i], TestData.get(inPlace.get(rank), i));
      }
    }
    release(send);
    release(recv);
    release(inPlace);
  }

  @ParameterizedTest
  @MethodSource("cases")
  void broadcastGivesEveryRankTheDataOfTheRoot(int size, int count) {
    for (int root = 0; root < size; root++) {
      int source = root;
      List<BufferView> data = random(DataType.FLOAT32, size, count);
      double[] expected = TestData.values(data.get(root));
      ranks.run(
          size,
          comm -> {
            comm.broadcast(data.get(comm.rank()), source).await();
            return comm.rank();
          });
      data.forEach(view -> assertArrayEquals(expected, TestData.values(view)));
      release(data);
    }
  }

  @ParameterizedTest
  @MethodSource("cases")
  void allToAllTransposesBlocks(int size, int count) {
    List<BufferView> send = random(DataType.INT32, size, size * count);
    List<BufferView> recv = zeros(DataType.INT32, size, size * count);
    ranks.run(
        size,
        comm -> {
          comm.allToAll(send.get(comm.rank()), recv.get(comm.rank())).await();
          return comm.rank();
        });
    for (int rank = 0; rank < size; rank++) {
      for (int i = 0; i < size * count; i++) {
        double expected = TestData.get(send.get(i / count), (long) rank * count + i % count);
        assertEquals(expected, TestData.get(recv.get(rank), i));
      }
    }
    release(send);
    release(recv);
  }

  @ParameterizedTest
  @MethodSource("cases")
  void shiftMovesDataAroundTheGroup(int size, int count) {
    for (int by = 1; by < size; by++) {
      int places = by;
      List<BufferView> send = random(DataType.FLOAT32, size, count);
      List<BufferView> recv = zeros(DataType.FLOAT32, size, count);
      ranks.run(
          size,
          comm -> {
            comm.shift(send.get(comm.rank()), recv.get(comm.rank()), places).await();
            return comm.rank();
          });
      for (int rank = 0; rank < size; rank++) {
        assertArrayEquals(
            TestData.values(send.get(rank)), TestData.values(recv.get((rank + by) % size)));
      }
      release(send);
      release(recv);
    }
  }

  @ParameterizedTest
  @MethodSource("cases")
  void sendAndReceivePassDataAroundARing(int size, int count) {
    List<BufferView> data = random(DataType.FLOAT64, size, count);
    List<BufferView> got = zeros(DataType.FLOAT64, size, count);
    ranks.run(
        size,
        comm -> {
          int rank = comm.rank();
          int next = (rank + 1) % size;
          int previous = (rank + size - 1) % size;
          if (size > 1 && rank % 2 == 0) {
            comm.send(data.get(rank), next);
            comm.recv(got.get(rank), previous);
          } else if (size > 1) {
            comm.recv(got.get(rank), previous);
            comm.send(data.get(rank), next);
          }
          return rank;
        });
    for (int rank = 0; rank < size && size > 1; rank++) {
      double[] expected = TestData.values(data.get((rank + size - 1) % size));
      assertArrayEquals(expected, TestData.values(got.get(rank)));
    }
    release(data);
    release(got);
  }

  private List<BufferView> random(DataType type, int size, int count) {
    return IntStream.range(0, size)
        .mapToObj(rank -> TestData.random(ranks.device(rank), type, count, 31L * count + rank))
        .toList();
  }

  private List<BufferView> zeros(DataType type, int size, int count) {
    return IntStream.range(0, size)
        .mapToObj(r -> TestData.zeros(ranks.device(r), type, count))
        .toList();
  }

  private static List<double[]> values(List<BufferView> views) {
    return views.stream().map(TestData::values).toList();
  }

  private static double[] reduced(
      DataType type, ReduceOp op, List<double[]> values, int from, int count) {
    double[] result = new double[count];
    double[] terms = new double[values.size()];
    for (int i = 0; i < count; i++) {
      for (int rank = 0; rank < terms.length; rank++) {
        terms[rank] = values.get(rank)[from + i];
      }
      result[i] = TestData.reduce(type, op, terms);
    }
    return result;
  }

  private static void release(List<BufferView> views) {
    views.forEach(view -> view.buffer().close());
  }
}
