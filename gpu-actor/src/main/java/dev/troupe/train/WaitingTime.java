package dev.troupe.train;

import dev.troupe.collectives.comm.Communicator;
import dev.troupe.collectives.comm.Pending;
import dev.troupe.collectives.comm.ReduceOp;
import dev.troupe.collectives.device.BufferView;
import dev.troupe.collectives.device.Stream;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * Counts the time that a rank's host spends in collectives, which is almost all waiting for other
 * ranks. On a GPU collectives wait on a stream instead, of which the host knows nothing. Used by
 * the rank's thread.
 */
final class WaitingTime {
  private long nanos;

  /** Nanoseconds so far. */
  long nanos() {
    return nanos;
  }

  /** The same communicator, its time counted here. */
  Communicator of(Communicator group) {
    return group.size() == 1 ? group : new Counted(group, this);
  }

  private void run(Runnable work) {
    long begin = System.nanoTime();
    try {
      work.run();
    } finally {
      nanos += System.nanoTime() - begin;
    }
  }

  private record Counted(Communicator group, WaitingTime time) implements Communicator {
    private Pending start(Supplier<Pending> collective) {
      long begin = System.nanoTime();
      Pending pending = collective.get();
      time.nanos += System.nanoTime() - begin;
      return pending.equals(Pending.DONE) ? pending : () -> time.run(pending::await);
    }

    @Override
    public int rank() {
      return group.rank();
    }

    @Override
    public int size() {
      return group.size();
    }

    @Override
    public boolean progressesAlone() {
      return group.progressesAlone();
    }

    @Override
    public Optional<Stream> stream() {
      return group.stream();
    }

    @Override
    public Pending allReduce(BufferView data, ReduceOp op) {
      return start(() -> group.allReduce(data, op));
    }

    @Override
    public Pending reduceScatter(BufferView send, BufferView recv) {
      return start(() -> group.reduceScatter(send, recv));
    }

    @Override
    public Pending reduceScatterAdd(BufferView send, BufferView recv, int contributors) {
      return start(() -> group.reduceScatterAdd(send, recv, contributors));
    }

    @Override
    public Pending allGather(BufferView send, BufferView recv) {
      return start(() -> group.allGather(send, recv));
    }

    @Override
    public Pending broadcast(BufferView data, int root) {
      return start(() -> group.broadcast(data, root));
    }

    @Override
    public Pending allToAll(BufferView send, BufferView recv) {
      return start(() -> group.allToAll(send, recv));
    }

    @Override
    public Pending shift(BufferView send, BufferView recv, int by) {
      return start(() -> group.shift(send, recv, by));
    }

    @Override
    public void send(BufferView data, int peer) {
      time.run(() -> group.send(data, peer));
    }

    @Override
    public void recv(BufferView data, int peer) {
      time.run(() -> group.recv(data, peer));
    }

    @Override
    public void barrier() {
      time.run(group::barrier);
    }

    @Override
    public void check() {
      group.check();
    }

    @Override
    public void abort(String reason) {
      group.abort(reason);
    }

    @Override
    public void close() {
      group.close();
    }
  }
}
