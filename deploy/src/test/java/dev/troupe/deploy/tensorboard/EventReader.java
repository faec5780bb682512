package dev.troupe.deploy.tensorboard;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Reads event files by the specifications alone: TFRecord framing with a CRC-32C of its own, and
 * protobuf's wire format.
 */
final class EventReader {
  private static final int POLYNOMIAL = 0x82f63b78; // Castagnoli's, reflected

  private EventReader() {}

  /**
   * An event.
   *
   * @param status of its session log; 0: none
   * @param scalars by tag
   * @param texts by tag
   * @param settings of the run, by name
   */
  record Event(
      double wallTime,
      long step,
      String version,
      long status,
      Map<String, Float> scalars,
      Map<String, String> texts,
      Map<String, Object> settings) {}

  static List<Event> read(byte[] file) {
    List<Event> events = new ArrayList<>();
    ByteBuffer in = ByteBuffer.wrap(file).order(ByteOrder.LITTLE_ENDIAN);
    while (in.hasRemaining()) {
      int start = in.position();
      byte[] data = new byte[Math.toIntExact(in.getLong())];
      assertEquals(masked(file, start, 8), in.getInt(), "CRC of the length");
      in.get(data);
      assertEquals(masked(data, 0, data.length), in.getInt(), "CRC of the data");
      events.add(event(data));
    }
    return events;
  }

  private static int masked(byte[] bytes, int from, int length) {
    int crc = ~0;
    for (int i = from; i < from + length; i++) {
      crc ^= bytes[i] & 0xff;
      for (int bit = 0; bit < 8; bit++) {
        crc = (crc & 1) == 0 ? crc >>> 1 : crc >>> 1 ^ POLYNOMIAL;
      }
    }
    crc = ~crc;
    return (crc >>> 15 | crc << 17) + 0xa282ead8;
  }

  private static Event event(byte[] data) {
    Fields fields = Fields.of(data);
    Map<String, Float> scalars = new LinkedHashMap<>();
    Map<String, String> texts = new LinkedHashMap<>();
    Map<String, Object> settings = new LinkedHashMap<>();
    for (byte[] summary : fields.bytes(5)) {
      for (byte[] value : Fields.of(summary).bytes(1)) {
        Fields one = Fields.of(value);
        String tag = text(one.bytes(1).getFirst());
        if (one.bytes(8).isEmpty()) {
          scalars.put(tag, Float.intBitsToFloat((int) one.number(2)));
        } else {
          Fields plugin = Fields.of(Fields.of(one.bytes(9).getFirst()).bytes(1).getFirst());
          Fields tensor = Fields.of(one.bytes(8).getFirst());
          switch (text(plugin.bytes(1).getFirst())) {
            case "text" -> {
              assertEquals(7, tensor.number(1));
              texts.put(tag, text(tensor.bytes(8).getFirst()));
            }
            case "hparams" -> {
              assertEquals("_hparams_/session_start_info", tag);
              assertEquals(1, tensor.number(1));
              settings.putAll(settings(Fields.of(plugin.bytes(2).getFirst())));
            }
            default -> throw new AssertionError("plugin of " + tag);
          }
        }
      }
    }
    List<byte[]> session = fields.bytes(7);
    return new Event(
        Double.longBitsToDouble(fields.number(1)),
        fields.number(2),
        fields.bytes(3).isEmpty() ? "" : text(fields.bytes(3).getFirst()),
        session.isEmpty() ? 0 : Fields.of(session.getFirst()).number(1),
        scalars,
        texts,
        settings);
  }

  private static Map<String, Object> settings(Fields data) {
    Map<String, Object> settings = new LinkedHashMap<>();
    for (byte[] entry : Fields.of(data.bytes(3).getFirst()).bytes(1)) {
      Fields pair = Fields.of(entry);
      Fields value = Fields.of(pair.bytes(2).getFirst());
      settings.put(
          text(pair.bytes(1).getFirst()),
          !value.bytes(3).isEmpty()
              ? text(value.bytes(3).getFirst())
              : value.has(2) ? Double.longBitsToDouble(value.number(2)) : value.number(4) == 1);
    }
    return settings;
  }

  private static String text(byte[] bytes) {
    return new String(bytes, StandardCharsets.UTF_8);
  }

  /** A message's fields by number. */
  private record Fields(Map<Integer, Long> numbers, Map<Integer, List<byte[]>> all) {
    static Fields of(byte[] message) {
      Fields fields = new Fields(new HashMap<>(), new HashMap<>());
      ByteBuffer in = ByteBuffer.wrap(message).order(ByteOrder.LITTLE_ENDIAN);
      while (in.hasRemaining()) {
        int key = (int) varint(in);
        int field = key >>> 3;
        switch (key & 7) {
          case 0 -> fields.numbers.put(field, varint(in));
          case 1 -> fields.numbers.put(field, in.getLong());
          case 5 -> fields.numbers.put(field, (long) in.getInt());
          case 2 -> {
            byte[] bytes = new byte[(int) varint(in)];
            in.get(bytes);
            fields.all.computeIfAbsent(field, none -> new ArrayList<>()).add(bytes);
          }
          default -> throw new AssertionError("wire type of key " + key);
        }
      }
      return fields;
    }

    private static long varint(ByteBuffer in) {
      long value = 0;
      for (int shift = 0; ; shift += 7) {
        byte next = in.get();
        value |= (next & 0x7fL) << shift;
        if (next >= 0) {
          return value;
        }
      }
    }

    long number(int field) {
      return numbers.getOrDefault(field, 0L);
    }

    boolean has(int field) {
      return numbers.containsKey(field);
    }

    List<byte[]> bytes(int field) {
      return all.getOrDefault(field, List.of());
    }
  }
}
