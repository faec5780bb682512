package dev.troupe.checkpoint;

import dev.troupe.proto.error.TroupeException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.jspecify.annotations.Nullable;

/**
 * A published checkpoint, read as logical tensors: any rectangle of any tensor, however it was cut
 * when it was saved. Data files are mapped when first needed.
 *
 * <p>Owns the mappings. Any number of threads may read; {@link #close} must come after all of them.
 */
public final class CheckpointReader implements AutoCloseable {
  private static final int VERIFY_THREADS = 2;

  private record Part(ShardFile file, Slice slice) {}

  private final Disk disk;
  private final Path folder;
  private final Manifest manifest;
  private final Map<StateKind, Map<String, List<Part>>> parts = new EnumMap<>(StateKind.class);
  private final Map<String, LogicalTensor> tensors = new HashMap<>();
  private final Map<String, MemorySegment> mapped = new ConcurrentHashMap<>();
  private final Arena arena = Arena.ofShared();
  private final @Nullable LocalShards local;

  private CheckpointReader(Disk disk, Path folder, Manifest manifest, @Nullable LocalShards local) {
    this.local = local;
    this.disk = disk;
    this.folder = folder;
    this.manifest = manifest;
    manifest.tensors().forEach(tensor -> tensors.put(tensor.name(), tensor));
    for (Manifest.Shard shard : manifest.shards()) {
      for (Slice slice : shard.file().slices()) {
        parts
            .computeIfAbsent(slice.kind(), kind -> new HashMap<>())
            .computeIfAbsent(slice.region().tensor(), name -> new ArrayList<>())
            .add(new Part(shard.file(), slice));
      }
    }
  }

  /**
   * Opens one checkpoint and checks its manifest, but no data yet ({@link #verify}).
   *
   * @param folder the checkpoint itself, see {@link CheckpointFolder#resolve}
   * @throws TroupeException naming the file that is missing or damaged
   */
  public static CheckpointReader open(Path folder) {
    return open(new FileStorage(), folder);
  }

  /** As {@link #open(Path)}, through the given storage. */
  public static CheckpointReader open(Storage storage, Path folder) {
    return open(storage, folder, null);
  }

  /**
   * As {@link #open(Storage, Path)}; a data file of which there is an intact copy nearer is read
   * from there. That copy is checked in full, once, when it is first needed.
   */
  public static CheckpointReader open(Storage storage, Path folder, @Nullable LocalShards local) {
    Disk disk = new Disk(storage);
    Path file = folder.resolve(Manifest.NAME);
    return new CheckpointReader(disk, folder, ManifestJson.open(file, disk.read(file)), local);
  }

  /** What the checkpoint says of itself. */
  public CheckpointInfo info() {
    return manifest.info();
  }

  /** The logical tensors, by name. */
  public List<LogicalTensor> tensors() {
    return manifest.tensors();
  }

  /**
   * Copies a rectangle, float32 row-major, from wherever its parts are; moments that the checkpoint
   * leaves out are 0.
   *
   * @param want the rectangle
   * @param dst where to
   * @param dstOffsetBytes where in {@code dst} the rectangle's first element goes
   * @param dstRowStrideBytes distance between the first elements of two rows
   * @throws TroupeException where the checkpoint has no such tensor, or the tensor is smaller
   */
  public void read(
      StateKind kind, Region want, MemorySegment dst, long dstOffsetBytes, long dstRowStrideBytes) {
    LogicalTensor tensor =
        Optional.ofNullable(tensors.get(want.tensor()))
            .orElseThrow(() -> unsuitable("has no tensor " + want.tensor()));
    if (!tensor.whole().contains(want)) {
      throw unsuitable("has " + tensor.whole() + ", which does not hold " + want);
    }
    Rows target = new Rows(dst, dstOffsetBytes, dstRowStrideBytes);
    List<Part> there = parts.getOrDefault(kind, Map.of()).getOrDefault(want.tensor(), List.of());
    if (there.isEmpty()) {
      target.clear(want);
    }
    for (Part part : there) {
      Region source = part.slice().region();
      want.intersection(source).ifPresent(common -> target.copy(common, want, data(part), source));
    }
  }

  /**
   * Checks every byte against the manifest, on two threads.
   *
   * @throws TroupeException naming the first file and tensor that is missing or damaged
   */
  public void verify() {
    ShardCheck check = new ShardCheck(disk, folder);
    int threads = Math.clamp(manifest.shards().size(), 1, VERIFY_THREADS);
    try (ExecutorService pool =
        Executors.newFixedThreadPool(
            threads, Thread.ofPlatform().daemon().name("checkpoint-verify-", 0).factory())) {
      try {
        List<Future<?>> results = new ArrayList<>();
        for (Manifest.Shard shard : manifest.shards()) {
          results.add(pool.submit(() -> check.requireIntact(shard)));
        }
        for (Future<?> result : results) {
          result.get();
        }
      } catch (ExecutionException failure) {
        throw failure.getCause() instanceof TroupeException damage
            ? damage
            : new IllegalStateException("Cannot verify " + folder, failure);
      } catch (InterruptedException interrupted) {
        Thread.currentThread().interrupt();
        throw new IllegalStateException("Interrupted while verifying " + folder, interrupted);
      } finally {
        pool.shutdownNow();
      }
    }
  }

  /** Checks that every data file is there and has its size; much cheaper than {@link #verify}. */
  void requireSizes() {
    ShardCheck check = new ShardCheck(disk, folder);
    manifest.shards().forEach(shard -> check.requireSize(shard.file()));
  }

  @Override
  public void close() {
    arena.close();
  }

  private MemorySegment data(Part part) {
    MemorySegment file = mapped.computeIfAbsent(part.file().name(), name -> nearest(part.file()));
    return file.asSlice(part.slice().offset(), part.slice().region().bytes());
  }

  private MemorySegment nearest(ShardFile shard) {
    Optional<MemorySegment> near =
        local == null ? Optional.empty() : local.intact(info().step(), shard, arena);
    return near.orElseGet(
        () -> {
          new ShardCheck(disk, folder).requireSize(shard);
          return disk.map(folder.resolve(shard.name()), arena);
        });
  }

  private TroupeException unsuitable(String what) {
    return TroupeException.data(
        "Checkpoint " + folder + " " + what + ". Use it with the model it was saved from.");
  }
}
