package dev.troupe.checkpoint;

import dev.troupe.proto.error.TroupeException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.SequencedMap;

/**
 * A safetensors file, mapped into memory: nothing is read before it is touched, and files larger
 * than 2 GiB are fine. Owns the mapping; the segments it gives out are read-only views that end
 * with {@link #close}. Any thread may read.
 *
 * @see <a href="https://github.com/huggingface/safetensors#format">the format</a>
 */
public final class SafetensorsFile implements AutoCloseable {
  private final Path path;
  private final Arena arena;
  private final SafetensorsHeader header;
  private final SequencedMap<String, SafetensorsTensor> tensors = new LinkedHashMap<>();
  private final Map<String, MemorySegment> data = new HashMap<>();

  private SafetensorsFile(Path path, Arena arena, MemorySegment file) {
    this.path = path;
    this.arena = arena;
    this.header = SafetensorsParser.parse(file);
    long at = SafetensorsParser.headerBytes(file);
    for (SafetensorsTensor tensor : header.tensors()) {
      tensors.put(tensor.name(), tensor);
      data.put(tensor.name(), file.asSlice(at, tensor.bytes()));
      at += tensor.bytes();
    }
  }

  /**
   * Maps a file and checks its header.
   *
   * @throws TroupeException where the file is missing, unreadable or not valid
   */
  public static SafetensorsFile open(Path path) {
    return open(new FileStorage(), path);
  }

  /** As {@link #open(Path)}, through the given storage. */
  public static SafetensorsFile open(Storage storage, Path path) {
    Arena arena = Arena.ofShared();
    boolean opened = false;
    try {
      SafetensorsFile file = new SafetensorsFile(path, arena, new Disk(storage).map(path, arena));
      opened = true;
      return file;
    } catch (IllegalArgumentException malformed) {
      throw Damage.safetensors(path, String.valueOf(malformed.getMessage()));
    } finally {
      if (!opened) {
        arena.close();
      }
    }
  }

  /** Free text by name. */
  public Map<String, String> metadata() {
    return header.metadata();
  }

  /** The tensors by name, in the order of their data. */
  public SequencedMap<String, SafetensorsTensor> tensors() {
    return Collections.unmodifiableSequencedMap(tensors);
  }

  /**
   * A tensor's type and shape.
   *
   * @throws TroupeException where the file has no such tensor
   */
  public SafetensorsTensor tensor(String name) {
    return required(tensors, name);
  }

  /**
   * A tensor's data, row-major and little-endian. Its address is a multiple of the element size
   * only if the file's writer cared, so read it with unaligned layouts.
   *
   * @throws TroupeException where the file has no such tensor
   */
  public MemorySegment data(String name) {
    return required(data, name);
  }

  private <T> T required(Map<String, T> byName, String name) {
    T value = byName.get(name);
    if (value == null) {
      throw TroupeException.data(
          path + " has no tensor " + name + ". Check that the file belongs to the model.");
    }
    return value;
  }

  @Override
  public void close() {
    arena.close();
  }
}
