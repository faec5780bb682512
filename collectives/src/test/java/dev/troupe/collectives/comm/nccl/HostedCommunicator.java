package dev.troupe.collectives.comm.nccl;

import dev.troupe.collectives.comm.Communicator;
import dev.troupe.collectives.comm.Pending;
import dev.troupe.collectives.comm.ReduceOp;
import dev.troupe.collectives.device.BufferView;
import dev.troupe.collectives.device.DataType;
import dev.troupe.collectives.device.DeviceBuffer;
import dev.troupe.collectives.device.cpu.CpuBuffer;
import dev.troupe.collectives.device.cuda.CudaBuffer;
import java.util.IdentityHashMap;
import java.util.Map;
import java.util.function.BiFunction;
import java.util.function.Supplier;

/**
 * A communicator of a GPU for buffers of the host, which it copies there and back, on the rank's
 * thread; so that what is asked of every communicator can be asked of this one. One collective at a
 * time.
 */
record HostedCommunicator(Communicator gpu, GpuRank owner, CudaBuffer memory)
    implements Communicator {

  /** The buffers of a call, copied to the GPU. */
  private final class Mirror {
    private final Map<DeviceBuffer, BufferView> views = new IdentityHashMap<>();
    private long used;

    /** Each buffer is copied whole, so that a view of a part lies where it does on the host. */
    BufferView of(BufferView view) {
      BufferView whole =
          views.computeIfAbsent(
              view.buffer(),
              buffer -> {
                BufferView there = new BufferView(memory, used, buffer.bytes(), DataType.INT8);
                used += Math.ceilDiv(buffer.bytes(), 512) * 512;
                owner.device().write(((CpuBuffer) buffer).segment(), there);
                return there;
              });
      return new BufferView(memory, whole.offset() + view.offset(), view.count(), view.type());
    }

    void copyBack() {
      views.forEach((buffer, there) -> owner.device().read(there, ((CpuBuffer) buffer).segment()));
    }
  }

  private Pending over(
      BufferView send, BufferView recv, BiFunction<BufferView, BufferView, Pending> call) {
    Mirror mirror = new Mirror();
    Pending pending = onThread(() -> call.apply(mirror.of(send), mirror.of(recv)));
    return () ->
        onThread(
            () -> {
              pending.await();
              mirror.copyBack();
              return true;
            });
  }

  private <T> T onThread(Supplier<T> work) {
    return owner.call(work::get);
  }

  @Override
  public int rank() {
    return gpu.rank();
  }

  @Override
  public int size() {
    return gpu.size();
  }

  @Override
  public Pending allReduce(BufferView data, ReduceOp op) {
    return over(data, data, (mine, same) -> gpu.allReduce(mine, op));
  }

  @Override
  public Pending reduceScatter(BufferView send, BufferView recv) {
    return over(send, recv, gpu::reduceScatter);
  }

  @Override
  public Pending reduceScatterAdd(BufferView send, BufferView recv, int contributors) {
    return over(send, recv, (from, to) -> gpu.reduceScatterAdd(from, to, contributors));
  }

  @Override
  public Pending allGather(BufferView send, BufferView recv) {
    return over(send, recv, gpu::allGather);
  }

  @Override
  public Pending broadcast(BufferView data, int root) {
    return over(data, data, (mine, same) -> gpu.broadcast(mine, root));
  }

  @Override
  public Pending allToAll(BufferView send, BufferView recv) {
    return over(send, recv, gpu::allToAll);
  }

  @Override
  public Pending shift(BufferView send, BufferView recv, int by) {
    return over(send, recv, (from, to) -> gpu.shift(from, to, by));
  }

  @Override
  public void send(BufferView data, int peer) {
    over(
            data,
            data,
            (mine, same) -> {
              gpu.send(mine, peer);
              return Pending.DONE;
            })
        .await();
  }

  @Override
  public void recv(BufferView data, int peer) {
    over(
            data,
            data,
            (mine, same) -> {
              gpu.recv(mine, peer);
              return Pending.DONE;
            })
        .await();
  }

  @Override
  public void barrier() {
    onThread(
        () -> {
          gpu.barrier();
          return true;
        });
  }

  @Override
  public void abort(String reason) {
    gpu.abort(reason);
  }

  @Override
  public void close() {
    onThread(
        () -> {
          gpu.close();
          return true;
        });
  }
}
