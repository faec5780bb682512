package dev.troupe.collectives.comm.nccl;

import dev.troupe.collectives.comm.Pending;
import dev.troupe.collectives.device.DataType;
import dev.troupe.collectives.device.cuda.CudaEvent;
import dev.troupe.collectives.device.cuda.CudaFailedException;
import dev.troupe.collectives.device.cuda.CudaStream;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A collective that was given to the rank's stream, and its place in the ring of {@link
 * Operations}, which is used again and again.
 *
 * <p>An {@code await} that comes after the place was taken by a later collective waits for that
 * one, which is no less: collectives of a rank end in order.
 */
final class Operation implements Pending {
  private final CudaStream compute;
  private final CudaStream stream;
  private final CudaEvent started;
  private final CudaEvent done;
  private @Nullable NcclEpoch epoch;
  private String group = "";
  private String kind = "";
  private long count;
  private DataType type = DataType.INT8;
  private boolean seenStarted;
  private long startedNanos;

  Operation(CudaStream compute, CudaStream stream) {
    this.compute = compute;
    this.stream = stream;
    this.started = stream.newEvent();
    this.done = stream.newEvent();
  }

  /** What the stream is given from now on waits for what the compute stream has been given. */
  void begin(NcclEpoch epoch, String group, String kind, long count, DataType type) {
    this.epoch = epoch;
    this.group = group;
    this.kind = kind;
    this.count = count;
    this.type = type;
    seenStarted = false;
    stream.await(compute.record());
    started.record(stream);
  }

  /** All of it is on the stream. */
  void launched() {
    done.record(stream);
  }

  /** Whether its end has come; from any thread. */
  boolean isDone() {
    return done.isDone();
  }

  /** Its age counts from now, after something was done about it. */
  void restartAge() {
    seenStarted = false;
  }

  /** How long ago its turn on the GPU was first seen to have come; 0 until then. */
  long ageNanos(long now) {
    if (!seenStarted) {
      seenStarted = started.isDone();
      startedNanos = now;
    }
    return seenStarted ? now - startedNanos : 0;
  }

  /** The compute stream waits, the host does not. */
  @Override
  public void await() {
    NcclEpoch mine = Objects.requireNonNull(epoch);
    mine.check();
    try {
      compute.await(done);
    } catch (CudaFailedException e) {
      mine.lose(e);
      throw e;
    }
  }

  void close() {
    started.close();
    done.close();
  }

  @Override
  public String toString() {
    return count == 0
        ? kind + " in group " + group
        : kind + " of " + count + " x " + type + " in group " + group;
  }
}
