package dev.troupe.checkpoint;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.List;

/** Real files that are never forced to the disk: thousands of saves in a test take no time. */
final class QuickStorage implements Storage {
  private final Storage files = new FileStorage();

  @Override
  public void createFolder(Path folder) throws IOException {
    files.createFolder(folder);
  }

  @Override
  public Output create(Path file) throws IOException {
    return new Unforced(files.create(file));
  }

  @Override
  public void forceFolder(Path folder) {}

  @Override
  public void rename(Path from, Path to) throws IOException {
    files.rename(from, to);
  }

  @Override
  public void delete(Path path) throws IOException {
    files.delete(path);
  }

  @Override
  public List<Path> list(Path folder) throws IOException {
    return files.list(folder);
  }

  @Override
  public long size(Path file) throws IOException {
    return files.size(file);
  }

  @Override
  public byte[] read(Path file) throws IOException {
    return files.read(file);
  }

  @Override
  public MemorySegment map(Path file, Arena arena) throws IOException {
    return files.map(file, arena);
  }

  private record Unforced(Output output) implements Output {
    @Override
    public void write(ByteBuffer bytes) throws IOException {
      output.write(bytes);
    }

    @Override
    public void force() {}

    @Override
    public void close() throws IOException {
      output.close();
    }
  }
}
