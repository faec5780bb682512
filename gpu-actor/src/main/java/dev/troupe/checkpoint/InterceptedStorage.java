package dev.troupe.checkpoint;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.List;

/**
 * Storage that asks an interceptor before each operation: the place where a fault plan injects a
 * full disk, an unreadable file or a crash.
 *
 * @param delegate does the work
 * @param interceptor called before each operation, on the calling thread
 */
public record InterceptedStorage(Storage delegate, Interceptor interceptor) implements Storage {
  /** Decides whether an operation happens. */
  @FunctionalInterface
  public interface Interceptor {
    /**
     * Returns to let the operation happen.
     *
     * @param path the file or folder; of a rename, the new name
     * @throws IOException in place of the operation
     */
    void before(StorageOperation operation, Path path) throws IOException;
  }

  @Override
  public void createFolder(Path folder) throws IOException {
    interceptor.before(StorageOperation.CREATE_FOLDER, folder);
    delegate.createFolder(folder);
  }

  @Override
  public Output create(Path file) throws IOException {
    interceptor.before(StorageOperation.CREATE_FILE, file);
    return new InterceptedOutput(delegate.create(file), file, interceptor);
  }

  @Override
  public void forceFolder(Path folder) throws IOException {
    interceptor.before(StorageOperation.FORCE_FOLDER, folder);
    delegate.forceFolder(folder);
  }

  @Override
  public void rename(Path from, Path to) throws IOException {
    interceptor.before(StorageOperation.RENAME, to);
    delegate.rename(from, to);
  }

  @Override
  public void delete(Path path) throws IOException {
    interceptor.before(StorageOperation.DELETE, path);
    delegate.delete(path);
  }

  @Override
  public List<Path> list(Path folder) throws IOException {
    interceptor.before(StorageOperation.LIST, folder);
    return delegate.list(folder);
  }

  @Override
  public long size(Path file) throws IOException {
    interceptor.before(StorageOperation.SIZE, file);
    return delegate.size(file);
  }

  @Override
  public byte[] read(Path file) throws IOException {
    interceptor.before(StorageOperation.READ, file);
    return delegate.read(file);
  }

  @Override
  public MemorySegment map(Path file, Arena arena) throws IOException {
    interceptor.before(StorageOperation.MAP, file);
    return delegate.map(file, arena);
  }

  private record InterceptedOutput(Output delegate, Path file, Interceptor interceptor)
      implements Output {
    @Override
    public void write(ByteBuffer bytes) throws IOException {
      interceptor.before(StorageOperation.WRITE, file);
      delegate.write(bytes);
    }

    @Override
    public void force() throws IOException {
      interceptor.before(StorageOperation.FORCE_FILE, file);
      delegate.force();
    }

    @Override
    public void close() throws IOException {
      delegate.close();
    }
  }
}
