package dev.troupe.collectives.device.cpu;

import dev.troupe.proto.error.TroupeException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Locale;

/** Memory of the C library. */
final class PrivateMemory implements CpuMemory {

  @Override
  public CpuBuffer allocate(String owner, long bytes) {
    Arena arena = Arena.ofShared();
    MemorySegment segment = NativeMemory.allocate(bytes, arena);
    if (segment == null) {
      arena.close();
      throw TroupeException.resource(
          String.format(
              Locale.ROOT,
              "%s: %,d bytes asked, and the system refused them though %,d bytes are free."
                  + " Raise the address-space limit (ulimit -v) or the overcommit limit.",
              owner,
              bytes,
              HostMemory.ofThisMachine().freeBytes()));
    }
    return new CpuBuffer(arena, segment);
  }
}
