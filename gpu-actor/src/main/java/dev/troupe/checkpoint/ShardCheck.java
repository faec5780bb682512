package dev.troupe.checkpoint;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;

/**
 * Compares a rank's files with what is known of them; a difference is an error that names the file
 * and the tensor.
 */
record ShardCheck(Disk disk, Path folder) {

  /** Cheap: the data file is there and has its size. */
  void requireSize(ShardFile shard) {
    Path path = folder.resolve(shard.name());
    long size = disk.size(path);
    if (size != shard.size()) {
      throw Damage.checkpoint(path, "it has %d bytes, not %d".formatted(size, shard.size()));
    }
  }

  /** Thorough: every byte of both files. */
  void requireIntact(Manifest.Shard shard) {
    Path index = folder.resolve(ShardFile.indexName(shard.file().rank()));
    if (!Sha256.of(disk.read(index)).equals(shard.indexSha256())) {
      throw Damage.checkpoint(index, "it does not match the SHA-256 in " + Manifest.NAME);
    }
    requireSize(shard.file());
    Path path = folder.resolve(shard.file().name());
    try (Arena arena = Arena.ofConfined()) {
      requireIntact(path, disk.map(path, arena), shard.file());
    } catch (InternalError unreadable) {
      // How the JVM reports that a page of a mapped file cannot be read.
      throw Damage.checkpoint(path, "a part of it cannot be read from the disk");
    }
  }

  /** Every byte of a data file that is mapped. */
  static void requireIntact(Path path, MemorySegment data, ShardFile shard) {
    Sha256 sha256 = new Sha256();
    if (!sha256.update(data.asSlice(0, shard.headerBytes())).hex().equals(shard.headerSha256())) {
      throw Damage.checkpoint(path, "its header does not match its SHA-256");
    }
    for (Slice slice : shard.slices()) {
      MemorySegment bytes = data.asSlice(slice.offset(), slice.region().bytes());
      if (!sha256.update(bytes).hex().equals(slice.sha256())) {
        throw Damage.checkpoint(path, slice + " does not match its SHA-256");
      }
    }
  }
}
