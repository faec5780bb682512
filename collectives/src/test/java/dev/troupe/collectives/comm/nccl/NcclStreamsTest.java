package dev.troupe.collectives.comm.nccl;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.troupe.collectives.comm.Communicator;
import dev.troupe.collectives.comm.Pending;
import dev.troupe.collectives.comm.ReduceOp;
import dev.troupe.collectives.comm.call.Arguments;
import dev.troupe.collectives.device.BufferView;
import dev.troupe.collectives.device.cuda.CudaDevice;
import dev.troupe.collectives.device.cuda.CudaStream;
import dev.troupe.collectives.mesh.DeviceMesh;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** How collectives and the compute stream wait for each other. */
@Timeout(60)
final class NcclStreamsTest {
  private static final Duration LONG = Duration.ofSeconds(30);
  private static final int COUNT = 1_000;
  private static final int ROUNDS = 20;

  @Test
  void aCollectiveComesBetweenWhatComputesBeforeAndAfterIt() {
    try (GpuGroup group = new GpuGroup(3, LONG)) {
      group.gpu().jitter(300);
      List<List<Float>> sums =
          group.run(
              (rank, world) -> {
                CudaDevice device = rank.device();
                BufferView data = GpuGroup.floats(device, COUNT, -1);
                List<BufferView> inputs = new ArrayList<>();
                List<BufferView> outputs = new ArrayList<>();
                for (int i = 0; i < ROUNDS; i++) {
                  inputs.add(GpuGroup.floats(device, COUNT, (world.rank() + 1) * (i + 1)));
                  outputs.add(GpuGroup.floats(device, COUNT, -1));
                }
                for (int i = 0; i < ROUNDS; i++) {
                  copy(device.compute(), data, inputs.get(i));
                  world.allReduce(data, ReduceOp.SUM).await();
                  copy(device.compute(), outputs.get(i), data);
                }
                return outputs.stream().map(view -> GpuGroup.same(device, view)).toList();
              });
      List<Float> expected = IntStream.rangeClosed(1, ROUNDS).mapToObj(i -> 6f * i).toList();
      assertEquals(Collections.nCopies(3, expected), sums);
    }
  }

  @Test
  void severalCollectivesAreUnderWayAtOnce() {
    try (GpuGroup group = new GpuGroup(2, LONG)) {
      group.gpu().jitter(300);
      List<List<Float>> sums =
          group.run(
              (rank, world) -> {
                CudaDevice device = rank.device();
                List<BufferView> data = new ArrayList<>();
                List<Pending> pending = new ArrayList<>();
                for (int i = 0; i < ROUNDS; i++) {
                  data.add(GpuGroup.floats(device, COUNT, world.rank() + i));
                  pending.add(world.allReduce(data.get(i), ReduceOp.SUM));
                }
                pending.reversed().forEach(Pending::await);
                return data.stream().map(view -> GpuGroup.same(device, view)).toList();
              });
      List<Float> expected = IntStream.range(0, ROUNDS).mapToObj(i -> 2f * i + 1).toList();
      assertEquals(Collections.nCopies(2, expected), sums);
    }
  }

  @Test
  void moreCollectivesThanHavePlacesWaitForTheFirst() {
    try (GpuGroup group = new GpuGroup(2, LONG)) {
      List<Float> sums =
          group.run(
              (rank, world) -> {
                BufferView data = GpuGroup.floats(rank.device(), 3, 1);
                Pending last = Pending.DONE;
                for (int i = 0; i < 150; i++) {
                  last = world.allReduce(data, i % 30 == 0 ? ReduceOp.SUM : ReduceOp.MAX);
                }
                last.await();
                return GpuGroup.same(rank.device(), data);
              });
      assertEquals(List.of(32f, 32f), sums);
    }
  }

  @Test
  void awaitDoesNotHoldTheHost() {
    try (GpuGroup group = new GpuGroup(2, LONG)) {
      CompletableFuture<Boolean> ahead = new CompletableFuture<>();
      CompletableFuture<Float> first =
          group.start(
              0,
              (rank, world) -> {
                world.barrier();
                BufferView data = GpuGroup.floats(rank.device(), COUNT, 1);
                BufferView copy = GpuGroup.floats(rank.device(), COUNT, 0);
                world.allReduce(data, ReduceOp.SUM).await();
                copy(rank.device().compute(), copy, data);
                ahead.complete(true);
                return GpuGroup.same(rank.device(), copy);
              });
      CompletableFuture<Float> second =
          group.start(
              1,
              (rank, world) -> {
                world.barrier();
                BufferView data = GpuGroup.floats(rank.device(), COUNT, 2);
                // If the other rank waited for this one, this would never end.
                assertTrue(ahead.get());
                world.allReduce(data, ReduceOp.SUM).await();
                return GpuGroup.same(rank.device(), data);
              });
      assertEquals(3, GpuRank.result(first));
      assertEquals(3, GpuRank.result(second));
    }
  }

  @Test
  void groupsOfAMeshAreOpenTogether() {
    DeviceMesh mesh = new DeviceMesh(2, 2);
    try (GpuGroup group = new GpuGroup(4, LONG)) {
      group.place(8, mesh);
      List<CompletableFuture<List<Float>>> ranks = new ArrayList<>();
      for (int index = 0; index < 4; index++) {
        int mine = index;
        GpuRank rank = group.rank(index);
        ranks.add(rank.start(() -> sumsOfGroups(rank, mesh, mine)));
      }
      List<List<Float>> sums = ranks.stream().map(GpuRank::result).toList();
      assertEquals(
          List.of(
              List.of(3f, 101f, 1f, 10f),
              List.of(3f, 1010f, 2f, 10f),
              List.of(7f, 101f, 3f, 10f),
              List.of(7f, 1010f, 4f, 10f)),
          sums);
      assertEquals(0, group.gpu().stat("communicators"));
    }
  }

  /** Of tensor, data, and key/value group, and of all. */
  private static List<Float> sumsOfGroups(GpuRank rank, DeviceMesh mesh, int mine) {
    NcclCommunicators all = rank.communicators();
    try (Communicator tp = all.open(8, mesh.tensorGroup(mine), mine);
        Communicator dp = all.open(8, mesh.dataGroup(mine), mine);
        Communicator alone = all.open(8, mesh.keyValueGroup(mine, 2), mine);
        Communicator world = all.open(8, mesh.world(), mine)) {
      CudaDevice device = rank.device();
      List<BufferView> data =
          List.of(
              GpuGroup.floats(device, COUNT, mine + 1),
              GpuGroup.floats(device, COUNT, (float) Math.pow(10, mine)),
              GpuGroup.floats(device, COUNT, mine + 1),
              GpuGroup.floats(device, COUNT, mine + 1));
      List<Pending> pending =
          List.of(
              tp.allReduce(data.get(0), ReduceOp.SUM),
              dp.allReduce(data.get(1), ReduceOp.SUM),
              alone.allReduce(data.get(2), ReduceOp.SUM),
              world.allReduce(data.get(3), ReduceOp.SUM));
      pending.forEach(Pending::await);
      return data.stream().map(view -> GpuGroup.same(device, view)).toList();
    }
  }

  @Test
  void whereOrderIsNotAskedForNcclSums() {
    NcclSettings fast = new NcclSettings(LONG, LONG, false);
    try (GpuGroup group = new GpuGroup(2, fast)) {
      List<Float> sums =
          group.run(
              (rank, world) -> {
                BufferView send = GpuGroup.floats(rank.device(), 2 * COUNT, world.rank() + 1);
                BufferView recv = send.slice((long) world.rank() * COUNT, COUNT);
                world.reduceScatter(send, recv).await();
                return GpuGroup.same(rank.device(), recv);
              });
      assertEquals(List.of(3f, 3f), sums);
      assertEquals(0, group.gpu().stat("launches"));
    }
  }

  private static void copy(CudaStream stream, BufferView to, BufferView from) {
    stream.copy(Arguments.address(to), Arguments.address(from), from.bytes());
  }
}
