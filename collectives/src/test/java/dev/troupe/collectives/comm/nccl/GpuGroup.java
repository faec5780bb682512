package dev.troupe.collectives.comm.nccl;

import static java.lang.foreign.ValueLayout.JAVA_FLOAT;

import dev.troupe.collectives.comm.Communicator;
import dev.troupe.collectives.comm.local.LocalCommunicators;
import dev.troupe.collectives.device.BufferView;
import dev.troupe.collectives.device.DataType;
import dev.troupe.collectives.device.cuda.CudaDevice;
import dev.troupe.collectives.device.cuda.EmulatedGpu;
import dev.troupe.collectives.mesh.DeviceMesh;
import dev.troupe.collectives.mesh.Placement;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/** Ranks of a test with an emulated GPU each, which meet in this process. */
final class GpuGroup implements AutoCloseable {
  static final long EPOCH = 7;

  private final EmulatedGpu gpu = EmulatedGpu.start();
  private final List<GpuRank> ranks = new ArrayList<>();

  GpuGroup(int size, Duration timeout) {
    this(size, new NcclSettings(timeout, Duration.ofSeconds(5), true));
  }

  GpuGroup(int size, NcclSettings settings) {
    LocalCommunicators host = new LocalCommunicators();
    for (int i = 0; i < size; i++) {
      ranks.add(new GpuRank(gpu, i, host, settings));
    }
    place(EPOCH, new DeviceMesh(size, 1));
  }

  void place(long epoch, DeviceMesh mesh) {
    ranks.forEach(rank -> rank.communicators().place(epoch, Placement.ofOneProcess(mesh)));
  }

  EmulatedGpu gpu() {
    return gpu;
  }

  GpuRank rank(int rank) {
    return ranks.get(rank);
  }

  /** What a rank does on its thread. */
  interface Body<T> {
    T run(GpuRank rank, Communicator world) throws Exception;
  }

  /** Starts a rank's work with the communicator of all ranks, which is open until it returns. */
  <T> CompletableFuture<T> start(int index, long epoch, DeviceMesh mesh, Body<T> body) {
    GpuRank rank = ranks.get(index);
    return rank.start(
        () -> {
          try (Communicator world = rank.communicators().open(epoch, mesh.world(), index)) {
            return body.run(rank, world);
          }
        });
  }

  <T> CompletableFuture<T> start(int index, Body<T> body) {
    return start(index, EPOCH, new DeviceMesh(ranks.size(), 1), body);
  }

  /** A result a rank. */
  <T> List<T> run(Body<T> body) {
    List<CompletableFuture<T>> started = new ArrayList<>();
    for (int index = 0; index < ranks.size(); index++) {
      started.add(start(index, body));
    }
    return started.stream().map(GpuRank::result).toList();
  }

  /** Memory that holds so many times the same number. */
  static BufferView floats(CudaDevice device, int count, float value) {
    BufferView view = new BufferView(device.allocate(count * 4L), 0, count, DataType.FLOAT32);
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment host = arena.allocate(view.bytes(), 64);
      for (int i = 0; i < count; i++) {
        host.setAtIndex(JAVA_FLOAT, i, value);
      }
      device.write(host, view);
    }
    return view;
  }

  /** The number that all elements are; fails if they differ. */
  static float same(CudaDevice device, BufferView view) {
    float[] values = new float[(int) view.count()];
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment host = arena.allocate(view.bytes(), 64);
      device.read(view, host);
      MemorySegment.copy(host, JAVA_FLOAT, 0, values, 0, values.length);
    }
    for (int i = 1; i < values.length; i++) {
      if (values[i] != values[0]) {
        throw new AssertionError("element " + i + " is " + values[i] + ", not " + values[0]);
      }
    }
    return values[0];
  }

  @Override
  public void close() {
    gpu.reset();
    ranks.forEach(GpuRank::close);
  }
}
