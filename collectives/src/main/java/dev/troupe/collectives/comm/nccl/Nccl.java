package dev.troupe.collectives.comm.nccl;

import static org.bytedeco.cuda.global.nccl.ncclBfloat16;
import static org.bytedeco.cuda.global.nccl.ncclFloat32;
import static org.bytedeco.cuda.global.nccl.ncclFloat64;
import static org.bytedeco.cuda.global.nccl.ncclInProgress;
import static org.bytedeco.cuda.global.nccl.ncclInt32;
import static org.bytedeco.cuda.global.nccl.ncclInt8;
import static org.bytedeco.cuda.global.nccl.ncclMax;
import static org.bytedeco.cuda.global.nccl.ncclMin;
import static org.bytedeco.cuda.global.nccl.ncclSuccess;
import static org.bytedeco.cuda.global.nccl.ncclSum;

import dev.troupe.collectives.comm.ReduceOp;
import dev.troupe.collectives.device.DataType;
import dev.troupe.collectives.device.cuda.CudaStream;
import org.bytedeco.cuda.cudart.CUstream_st;
import org.bytedeco.cuda.global.nccl;
import org.bytedeco.javacpp.IntPointer;

/**
 * NCCL's calls that move data, all on one stream; each returns NCCL's result. Makes no object a
 * call.
 *
 * <p>Not thread-safe: guarded by the rank's {@link Gate}.
 */
final class Nccl implements AutoCloseable {
  static final int SUCCESS = ncclSuccess;
  static final int IN_PROGRESS = ncclInProgress;

  private final Address from = new Address();
  private final Address to = new Address();
  private final IntPointer state = new IntPointer(1);
  private final CUstream_st stream;

  Nccl(CudaStream stream) {
    this.stream = new CUstream_st(new Address().at(stream.handle()));
  }

  /** State of a communicator: {@code IN_PROGRESS} while the last call on it still works. */
  int state(NcclHandle handle) {
    int result = nccl.ncclCommGetAsyncError(handle.comm(), state);
    return result == SUCCESS ? state.get(0) : result;
  }

  int allReduce(NcclHandle handle, long data, long count, DataType type, ReduceOp op) {
    from.at(data);
    return nccl.ncclAllReduce(from, from, count, type(type), op(op), handle.comm(), stream);
  }

  int reduceScatter(NcclHandle handle, long send, long recv, long count, DataType type) {
    return nccl.ncclReduceScatter(
        from.at(send), to.at(recv), count, type(type), ncclSum, handle.comm(), stream);
  }

  int allGather(NcclHandle handle, long send, long recv, long count, DataType type) {
    return nccl.ncclAllGather(from.at(send), to.at(recv), count, type(type), handle.comm(), stream);
  }

  int broadcast(NcclHandle handle, long data, long count, DataType type, int root) {
    from.at(data);
    return nccl.ncclBroadcast(from, from, count, type(type), root, handle.comm(), stream);
  }

  int send(NcclHandle handle, long data, long count, DataType type, int peer) {
    return nccl.ncclSend(from.at(data), count, type(type), peer, handle.comm(), stream);
  }

  int recv(NcclHandle handle, long data, long count, DataType type, int peer) {
    return nccl.ncclRecv(to.at(data), count, type(type), peer, handle.comm(), stream);
  }

  /** Sends and receives blocks of {@code count} elements, all but the rank's own. */
  int allToAll(
      NcclHandle handle, long send, long recv, long count, DataType type, int rank, int size) {
    long block = count * type.bytes();
    int result = groupStart();
    for (int peer = 0; peer < size; peer++) {
      if (peer != rank) {
        int sent = send(handle, send + peer * block, count, type, peer);
        int received = recv(handle, recv + peer * block, count, type, peer);
        result = NcclSetup.firstFailure(NcclSetup.firstFailure(result, sent), received);
      }
    }
    return NcclSetup.firstFailure(result, groupEnd());
  }

  /** Sends to one rank while receiving from another. */
  int exchange(
      NcclHandle handle, long send, int next, long recv, int last, long count, DataType type) {
    int result = groupStart();
    int sent = send(handle, send, count, type, next);
    int received = recv(handle, recv, count, type, last);
    result = NcclSetup.firstFailure(NcclSetup.firstFailure(result, sent), received);
    return NcclSetup.firstFailure(result, groupEnd());
  }

  int groupStart() {
    return nccl.ncclGroupStart();
  }

  int groupEnd() {
    return nccl.ncclGroupEnd();
  }

  @Override
  public void close() {
    state.deallocate();
  }

  private static int type(DataType type) {
    return switch (type) {
      case FLOAT32 -> ncclFloat32;
      case BFLOAT16 -> ncclBfloat16;
      case FLOAT64 -> ncclFloat64;
      case INT32 -> ncclInt32;
      case INT8 -> ncclInt8;
    };
  }

  private static int op(ReduceOp op) {
    return switch (op) {
      case SUM -> ncclSum;
      case MAX -> ncclMax;
      case MIN -> ncclMin;
    };
  }
}
