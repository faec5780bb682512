package dev.troupe.checkpoint;

import dev.troupe.proto.error.TroupeException;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Writes a safetensors file from front to back: the header first, then each tensor's data in the
 * order in which the tensors were given, in pieces of any size. The data is aligned to 8 bytes
 * where every tensor's size is; give wider element types first to keep all of it aligned.
 *
 * <p>Used by one thread. Until {@link #finish} has returned, the file is not complete.
 *
 * @see <a href="https://github.com/huggingface/safetensors#format">the format</a>
 */
public final class SafetensorsWriter implements AutoCloseable {
  private final DiskOutput output;
  private final byte[] header;
  private final Iterator<SafetensorsTensor> next;
  private @Nullable SafetensorsTensor current;
  private long missing;

  private SafetensorsWriter(DiskOutput output, SafetensorsHeader header) {
    this.output = output;
    this.header = header.encode();
    this.next = header.tensors().iterator();
    advance();
  }

  /**
   * Creates the file and writes its header.
   *
   * @throws TroupeException where the file cannot be written
   */
  public static SafetensorsWriter create(
      Storage storage, Path file, Map<String, String> metadata, List<SafetensorsTensor> tensors) {
    SafetensorsHeader header = new SafetensorsHeader(metadata, tensors);
    SafetensorsWriter writer = new SafetensorsWriter(new Disk(storage).create(file), header);
    boolean written = false;
    try {
      writer.output.write(MemorySegment.ofArray(writer.header));
      written = true;
      return writer;
    } finally {
      if (!written) {
        writer.close();
      }
    }
  }

  /** The header's bytes with their length prefix, as they stand at the start of the file. */
  public byte[] header() {
    return header.clone();
  }

  /**
   * Appends a piece of a tensor's data.
   *
   * @param name the tensor whose turn it is
   * @param piece little-endian bytes, native memory or a byte array
   * @throws IllegalArgumentException for another tensor, or more bytes than the tensor has
   * @throws TroupeException where the file cannot be written
   */
  public void write(String name, MemorySegment piece) {
    SafetensorsTensor tensor = current;
    if (tensor == null || !tensor.name().equals(name)) {
      throw new IllegalArgumentException("it is not the turn of tensor " + name);
    }
    if (piece.byteSize() > missing) {
      throw new IllegalArgumentException(
          "tensor %s lacks %d bytes, not %d".formatted(name, missing, piece.byteSize()));
    }
    output.write(piece);
    missing -= piece.byteSize();
    if (missing == 0) {
      advance();
    }
  }

  /**
   * Makes the complete file durable.
   *
   * @throws IllegalStateException where data is still missing
   * @throws TroupeException where the disk fails
   */
  public void finish() {
    if (current != null) {
      throw new IllegalStateException(
          "tensor %s still lacks %d bytes".formatted(current.name(), missing));
    }
    output.force();
  }

  @Override
  public void close() {
    output.close();
  }

  /** Moves on to the next tensor that has data. */
  private void advance() {
    while (missing == 0 && next.hasNext()) {
      current = next.next();
      missing = current.bytes();
    }
    if (missing == 0) {
      current = null;
    }
  }
}
