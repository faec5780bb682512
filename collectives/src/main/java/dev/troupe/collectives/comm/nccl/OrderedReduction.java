package dev.troupe.collectives.comm.nccl;

import dev.troupe.collectives.device.DataType;
import dev.troupe.collectives.device.cuda.CudaBuffer;

/**
 * Reduce-scatter in rank order: every rank sends each slice to its owner, and the owner sums what
 * came, in the order of the ranks. It moves as many bytes as a ring does. Slices that do not fit
 * the staging memory go piece by piece.
 *
 * @param staging what came, a part a rank; of the same size on every rank
 */
record OrderedReduction(NcclLane lane, RankOrderedSum sum, CudaBuffer staging) {
  /** Parts begin where the widest loads may. */
  private static final long ALIGNMENT = 512;

  /**
   * What is reduced.
   *
   * @param send address of {@code size} slices
   * @param recv address of the result
   * @param count elements of a slice
   * @param contributors so many ranks, from 0 on, send
   * @param onto whether what {@code recv} holds comes first in the sum
   */
  record Slices(long send, long recv, long count, DataType type, int contributors, boolean onto) {}

  /** Gives all of it to the lane's stream. */
  void run(
      NcclEpoch epoch, NcclHandle handle, Operation operation, Slices slices, int rank, int size) {
    long stride = staging.bytes() / size / ALIGNMENT * ALIGNMENT;
    if (stride == 0) {
      throw new IllegalStateException(
          "staging memory of %d bytes is too small for %d ranks".formatted(staging.bytes(), size));
    }
    long bytes = slices.type.bytes();
    long most = stride / bytes;
    for (long from = 0; from < slices.count; from += most) {
      long elements = Math.min(most, slices.count - from);
      if (rank < slices.contributors) {
        lane.stream()
            .copy(
                staging.address() + rank * stride,
                slices.send + (rank * slices.count + from) * bytes,
                elements * bytes);
      }
      int result;
      epoch.enter();
      try {
        result = exchange(handle, slices, from, elements, stride, rank, size);
      } finally {
        epoch.leave();
      }
      epoch.settle(handle, result, operation);
      sum.sum(
          lane.stream(),
          slices.type,
          slices.recv + from * bytes,
          slices.onto,
          staging.address(),
          stride,
          slices.contributors,
          elements);
    }
  }

  private int exchange(
      NcclHandle handle, Slices slices, long from, long elements, long stride, int rank, int size) {
    Nccl nccl = lane.nccl();
    int result = nccl.groupStart();
    for (int peer = 0; peer < size; peer++) {
      if (peer != rank && rank < slices.contributors) {
        long slice = slices.send + (peer * slices.count + from) * slices.type.bytes();
        result =
            NcclSetup.firstFailure(result, nccl.send(handle, slice, elements, slices.type, peer));
      }
      if (peer != rank && peer < slices.contributors) {
        long part = staging.address() + peer * stride;
        result =
            NcclSetup.firstFailure(result, nccl.recv(handle, part, elements, slices.type, peer));
      }
    }
    return NcclSetup.firstFailure(result, nccl.groupEnd());
  }
}
