package dev.troupe.collectives.comm.nccl;

import dev.troupe.collectives.device.cuda.CudaDevice;
import dev.troupe.collectives.device.cuda.CudaStream;

/**
 * What all communicators of a rank share, in all epochs: above all, one stream for all of their
 * collectives. With a stream a communicator, two collectives could be on the GPU at once, and on
 * another rank in the other order: NCCL warns that this may deadlock. On one stream they run in the
 * order in which the rank's thread starts them, which is the same on every rank.
 *
 * @param compute the stream that kernels run on
 * @param stream the stream that collectives run on; its work goes first where both have some
 * @param nccl calls on that stream
 * @param operations what is on that stream
 * @param gate to be held for every call of NCCL, and for {@code operations}
 */
record NcclLane(CudaStream compute, CudaStream stream, Nccl nccl, Operations operations, Gate gate)
    implements AutoCloseable {

  static NcclLane on(CudaDevice device) {
    CudaStream stream = device.newUrgentStream();
    return new NcclLane(
        device.compute(),
        stream,
        new Nccl(stream),
        new Operations(device.compute(), stream),
        new Gate());
  }

  @Override
  public void close() {
    operations.close();
    nccl.close();
    stream.close();
  }
}
