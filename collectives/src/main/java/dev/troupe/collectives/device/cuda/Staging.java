package dev.troupe.collectives.device.cuda;

import java.lang.foreign.MemorySegment;
import jcuda.Pointer;
import jcuda.driver.JCudaDriver;

/**
 * A ring of page-locked memory that copies between the host's heap and the GPU pass through. A
 * piece of it is taken again when the copy that used it is done; so a write waits for the GPU only
 * when the ring is full of copies that the GPU has not come to yet.
 */
final class Staging {
  static final long BYTES = 32L << 20;
  // A large copy goes through the ring in pieces of this size: one is filled while others travel.
  static final long PIECE = 8L << 20;
  private static final int PIECES = 256;
  private static final long ALIGNMENT = 64;

  private final MemorySegment memory;
  private final Pointer pointer = new Pointer();
  private final CudaEvent[] done = new CudaEvent[PIECES];
  private final long[] ends = new long[PIECES];
  // Pieces first..next-1 are in use, and with them the bytes from..to; all four only grow, and are
  // taken modulo the ring's size.
  private long first;
  private long next;
  private long from;
  private long to;

  Staging(CudaContext context) {
    Pointer allocated = new Pointer();
    context.check(JCudaDriver.cuMemHostAlloc(allocated, BYTES, 0), "cuMemHostAlloc");
    context.onClose(() -> context.check(JCudaDriver.cuMemFreeHost(allocated), "cuMemFreeHost"));
    long address = Raw.handle(allocated);
    this.memory = MemorySegment.ofAddress(address).reinterpret(BYTES);
    for (int i = 0; i < PIECES; i++) {
      done[i] = CudaEvent.untimed(context);
    }
  }

  /** Copies host memory to the GPU; returns when {@code host} may be changed. */
  void write(CudaStream stream, MemorySegment host, long address) {
    for (long at = 0; at < host.byteSize(); at += PIECE) {
      long bytes = Math.min(PIECE, host.byteSize() - at);
      long start = take(bytes);
      MemorySegment.copy(host, at, memory, start % BYTES, bytes);
      stream.copyIn(address + at, pointer(start), bytes);
      give(stream, start + bytes);
    }
  }

  /** Copies the GPU's memory to the host, after the stream's work so far. */
  void read(CudaStream stream, long address, MemorySegment host) {
    long total = host.byteSize();
    long start = fetch(stream, address, 0, total);
    for (long at = 0; at < total; at += PIECE) {
      long arriving = start;
      CudaEvent arrived = done[(int) ((next - 1) % PIECES)];
      // The next piece travels while this one is copied out. The ring has room for both, so this
      // takes back older pieces only.
      start = fetch(stream, address, at + PIECE, total);
      arrived.synchronize();
      MemorySegment.copy(memory, arriving % BYTES, host, at, Math.min(PIECE, total - at));
    }
  }

  private long fetch(CudaStream stream, long address, long at, long total) {
    if (at >= total) {
      return 0;
    }
    long bytes = Math.min(PIECE, total - at);
    long start = take(bytes);
    stream.copyOut(pointer(start), address + at, bytes);
    give(stream, start + bytes);
    return start;
  }

  /** The start of free bytes that lie together; waits for old copies where there are none. */
  private long take(long bytes) {
    long start = Math.ceilDiv(to, ALIGNMENT) * ALIGNMENT;
    if (start % BYTES + bytes > BYTES) {
      start = Math.ceilDiv(start, BYTES) * BYTES;
    }
    while (next > first && (start + bytes - from > BYTES || next - first == PIECES)) {
      int oldest = (int) (first % PIECES);
      done[oldest].synchronize();
      from = ends[oldest];
      first++;
    }
    return start;
  }

  /** The bytes up to {@code end} are free when the stream's work so far is done. */
  private void give(CudaStream stream, long end) {
    int newest = (int) (next % PIECES);
    done[newest].record(stream);
    ends[newest] = end;
    to = end;
    next++;
  }

  private Pointer pointer(long start) {
    return Raw.set(pointer, memory.address() + start % BYTES);
  }
}
