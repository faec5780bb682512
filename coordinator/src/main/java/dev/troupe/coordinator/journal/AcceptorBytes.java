package dev.troupe.coordinator.journal;

import dev.troupe.proto.message.CommittedStep;
import dev.troupe.proto.message.JournalRecord;
import dev.troupe.proto.message.StepResult;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** An acceptor's state as bytes, big-endian, after a byte that names the format. */
final class AcceptorBytes {
  private static final int FORMAT = 3;

  private AcceptorBytes() {}

  static byte[] of(Acceptor acceptor) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (DataOutputStream out = new DataOutputStream(bytes)) {
      out.writeByte(FORMAT);
      write(out, acceptor.name());
      out.writeLong(acceptor.promised());
      write(out, acceptor.proposer());
      out.writeLong(acceptor.sequence());
      JournalRecord record = acceptor.record();
      out.writeBoolean(record != null);
      if (record != null) {
        write(out, record);
        write(out, acceptor.keepers());
      }
    } catch (IOException e) {
      throw new UncheckedIOException("in memory", e);
    }
    return bytes.toByteArray();
  }

  private static void write(DataOutputStream out, JournalRecord record) throws IOException {
    out.writeLong(record.term());
    out.writeLong(record.epoch());
    out.writeLong(record.committed());
    out.writeLong(record.committedIn());
    CommittedStep last = record.last();
    out.writeBoolean(last != null);
    if (last != null) {
      write(out, last);
    }
    out.writeInt(record.nodes());
    String stop = record.stop();
    out.writeBoolean(stop != null);
    if (stop != null) {
      write(out, stop);
    }
    write(out, record.meshNodes());
  }

  private static void write(DataOutputStream out, CommittedStep step) throws IOException {
    out.writeDouble(step.result().loss());
    out.writeDouble(step.result().gradNorm());
    out.writeDouble(step.result().lr());
    out.writeLong(step.result().tokens());
    out.writeInt(step.result().sourceLosses().size());
    for (double loss : step.result().sourceLosses()) {
      out.writeDouble(loss);
    }
    out.writeDouble(step.seconds());
    out.writeInt(step.tp());
    out.writeInt(step.dp());
  }

  private static void write(DataOutputStream out, List<String> texts) throws IOException {
    out.writeInt(texts.size());
    for (String text : texts) {
      write(out, text);
    }
  }

  private static void write(DataOutputStream out, String text) throws IOException {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    out.writeInt(bytes.length);
    out.write(bytes);
  }

  /**
   * The state that {@code bytes}, which are whole, stand for.
   *
   * @throws IOException where another program or version wrote them
   */
  static Acceptor read(byte[] bytes) throws IOException {
    DataInputStream in = new DataInputStream(new ByteArrayInputStream(bytes));
    int format = in.readByte();
    if (format != FORMAT) {
      throw new IOException("its format is %d, not %d".formatted(format, FORMAT));
    }
    try {
      String name = text(in);
      long promised = in.readLong();
      String proposer = text(in);
      long sequence = in.readLong();
      return in.readBoolean()
          ? new Acceptor(name, promised, proposer, sequence, record(in), texts(in))
          : new Acceptor(name, promised, proposer, sequence, null, List.of());
    } catch (IllegalArgumentException e) {
      throw new IOException(e.getMessage(), e);
    }
  }

  private static JournalRecord record(DataInputStream in) throws IOException {
    long term = in.readLong();
    long epoch = in.readLong();
    long committed = in.readLong();
    long committedIn = in.readLong();
    @Nullable CommittedStep last = in.readBoolean() ? step(in) : null;
    int nodes = in.readInt();
    @Nullable String stop = in.readBoolean() ? text(in) : null;
    return new JournalRecord(term, epoch, committed, committedIn, last, nodes, stop, texts(in));
  }

  private static CommittedStep step(DataInputStream in) throws IOException {
    StepResult result =
        new StepResult(
            in.readDouble(), in.readDouble(), in.readDouble(), in.readLong(), numbers(in));
    return new CommittedStep(result, in.readDouble(), in.readInt(), in.readInt());
  }

  private static List<Double> numbers(DataInputStream in) throws IOException {
    int count = in.readInt();
    List<Double> numbers = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      numbers.add(in.readDouble());
    }
    return numbers;
  }

  private static List<String> texts(DataInputStream in) throws IOException {
    int count = in.readInt();
    List<String> texts = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      texts.add(text(in));
    }
    return texts;
  }

  private static String text(DataInputStream in) throws IOException {
    int length = in.readInt();
    if (length < 0 || length > in.available()) {
      throw new IOException("a text of %d bytes is not in it".formatted(length));
    }
    return new String(in.readNBytes(length), StandardCharsets.UTF_8);
  }
}
