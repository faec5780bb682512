package dev.troupe.deploy.tensorboard;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.zip.CRC32C;

/**
 * A TFRecord file: for each record its length (8 bytes, little endian), the masked CRC-32C of the
 * length, the bytes, and the masked CRC-32C of the bytes. Used by one thread.
 *
 * @see <a href="https://www.tensorflow.org/tutorials/load_data/tfrecord">TFRecords format</a>
 */
final class RecordFile implements AutoCloseable {
  private static final int AROUND = Long.BYTES + 2 * Integer.BYTES;
  private static final int MASK_DELTA = 0xa282ead8;

  private final FileChannel channel;

  /** Makes the file, which must not exist. */
  RecordFile(Path file) throws IOException {
    this.channel = FileChannel.open(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
  }

  /** Appends a record, in one write, so that readers of the growing file see it soon. */
  void append(byte[] data) throws IOException {
    ByteBuffer record = ByteBuffer.allocate(AROUND + data.length).order(ByteOrder.LITTLE_ENDIAN);
    record.putLong(data.length);
    record.putInt(maskedCrc(record.array(), Long.BYTES));
    record.put(data).putInt(maskedCrc(data, data.length)).flip();
    while (record.hasRemaining()) {
      channel.write(record);
    }
  }

  /** A CRC over data that has a CRC in it is weak: hence the rotation and the constant. */
  static int maskedCrc(byte[] data, int length) {
    CRC32C crc = new CRC32C();
    crc.update(data, 0, length);
    return Integer.rotateRight((int) crc.getValue(), 15) + MASK_DELTA;
  }

  @Override
  public void close() throws IOException {
    channel.close();
  }
}
