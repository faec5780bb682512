package dev.troupe.checkpoint;

import java.lang.foreign.MemorySegment;
import java.nio.file.Path;

/** A file being written whose failures name it. Used by one thread. */
record DiskOutput(Path file, Storage.Output output) implements AutoCloseable {
  /** Bytes handed over at once; small enough to stay in the cache between hashing and writing. */
  static final long CHUNK_BYTES = 1 << 20;

  /** Appends a native or byte-array segment of any size, without a copy of ours. */
  void write(MemorySegment bytes) {
    for (long at = 0; at < bytes.byteSize(); at += CHUNK_BYTES) {
      MemorySegment chunk = bytes.asSlice(at, Math.min(CHUNK_BYTES, bytes.byteSize() - at));
      Disk.run(StorageOperation.WRITE, file, () -> output.write(chunk.asByteBuffer()));
    }
  }

  void force() {
    Disk.run(StorageOperation.FORCE_FILE, file, output::force);
  }

  @Override
  public void close() {
    Disk.run(StorageOperation.WRITE, file, output::close);
  }
}
