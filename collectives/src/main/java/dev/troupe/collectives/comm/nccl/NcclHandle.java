package dev.troupe.collectives.comm.nccl;

import org.bytedeco.cuda.nccl.ncclComm;
import org.bytedeco.javacpp.Pointer;
import org.bytedeco.javacpp.PointerPointer;
import org.jspecify.annotations.Nullable;

/**
 * A {@code ncclComm_t} and the memory that NCCL writes it to: a non-blocking call does so from a
 * thread of its own, perhaps long after it has returned. Guarded by the rank's {@link Gate}.
 */
final class NcclHandle implements AutoCloseable {
  private final String name;
  private final PointerPointer<ncclComm> place = new PointerPointer<>(1);
  private @Nullable ncclComm comm;
  private boolean closed;

  /**
   * A place for a communicator that is still to be made.
   *
   * @param name name of its group, for people
   */
  NcclHandle(String name) {
    this.name = name;
    place.put(0, (Pointer) null);
  }

  String name() {
    return name;
  }

  /** Where NCCL is to put the communicator. */
  PointerPointer<ncclComm> place() {
    return place;
  }

  /** Whether there is a communicator, ready or not, that was not given back. */
  boolean isThere() {
    return !closed && place.get(0) != null;
  }

  /** The communicator, once it is there. */
  ncclComm comm() {
    ncclComm known = comm;
    if (known == null) {
      if (!isThere()) {
        throw new IllegalStateException("NCCL has no communicator " + name);
      }
      known = new ncclComm(place.get(0));
      comm = known;
    }
    return known;
  }

  /** Forgets the communicator, which was destroyed or aborted, and frees the place. */
  @Override
  public void close() {
    closed = true;
    comm = null;
    place.deallocate();
  }
}
