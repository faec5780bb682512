package dev.troupe.checkpoint;

import com.google.gson.Strictness;
import com.google.gson.stream.JsonReader;
import com.google.gson.stream.JsonToken;
import java.io.IOException;
import java.io.StringReader;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Reads a safetensors header and believes nothing: length, encoding, JSON, types, shapes and
 * offsets are checked, the data must be covered once and without holes. Throws {@link
 * IllegalArgumentException} saying what is wrong.
 */
final class SafetensorsParser {
  /** The format's own bound. */
  private static final long MAX_HEADER_BYTES = 100_000_000;

  private static final ValueLayout.OfLong LENGTH =
      ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

  private final JsonReader json;
  private final Map<String, String> metadata = new HashMap<>();
  private final List<Entry> entries = new ArrayList<>();

  private record Entry(SafetensorsTensor tensor, long begin, long end) {}

  private SafetensorsParser(JsonReader json) {
    this.json = json;
  }

  /** Length in bytes of the header at the start of {@code file}, with its prefix. */
  static long headerBytes(MemorySegment file) {
    if (file.byteSize() < SafetensorsHeader.PREFIX_BYTES) {
      throw new IllegalArgumentException("it has only " + file.byteSize() + " bytes");
    }
    long length = file.get(LENGTH, 0);
    if (length < 2 || length > MAX_HEADER_BYTES) {
      throw new IllegalArgumentException(
          "it says that its header has " + Long.toUnsignedString(length) + " bytes");
    }
    if (length > file.byteSize() - SafetensorsHeader.PREFIX_BYTES) {
      throw new IllegalArgumentException(
          "its header has " + length + " bytes but the file only " + file.byteSize());
    }
    return SafetensorsHeader.PREFIX_BYTES + length;
  }

  /** The header of a whole file. */
  static SafetensorsHeader parse(MemorySegment file) {
    long headerBytes = headerBytes(file);
    byte[] text =
        file.asSlice(SafetensorsHeader.PREFIX_BYTES, headerBytes - SafetensorsHeader.PREFIX_BYTES)
            .toArray(ValueLayout.JAVA_BYTE);
    if (text[0] != '{') {
      throw new IllegalArgumentException("its header does not begin with {");
    }
    try (JsonReader json = new JsonReader(new StringReader(decode(text)))) {
      json.setStrictness(Strictness.STRICT);
      SafetensorsParser parser = new SafetensorsParser(json);
      parser.object();
      return parser.header(file.byteSize() - headerBytes);
    } catch (IOException | IllegalStateException malformed) {
      // Gson's second line is advice for programmers.
      String reason = String.valueOf(malformed.getMessage()).lines().findFirst().orElse("");
      throw new IllegalArgumentException("its header is malformed: " + reason, malformed);
    }
  }

  private static String decode(byte[] text) {
    try {
      return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(text)).toString();
    } catch (CharacterCodingException malformed) {
      throw new IllegalArgumentException("its header is not UTF-8", malformed);
    }
  }

  private void object() throws IOException {
    Set<String> names = new HashSet<>();
    json.beginObject();
    while (json.hasNext()) {
      String name = unique(names, json.nextName());
      if (name.equals(SafetensorsTensor.METADATA)) {
        texts();
      } else {
        entries.add(entry(name));
      }
    }
    json.endObject();
    if (json.peek() != JsonToken.END_DOCUMENT) {
      throw new IllegalArgumentException("its header is followed by more text");
    }
  }

  private void texts() throws IOException {
    Set<String> names = new HashSet<>();
    json.beginObject();
    while (json.hasNext()) {
      String name = unique(names, json.nextName());
      metadata.put(name, text("metadata " + name));
    }
    json.endObject();
  }

  private Entry entry(String name) throws IOException {
    Set<String> fields = new HashSet<>();
    String type = "";
    List<Long> shape = List.of();
    List<Long> range = List.of();
    json.beginObject();
    while (json.hasNext()) {
      switch (unique(fields, json.nextName())) {
        case "dtype" -> type = text("dtype of tensor " + name);
        case "shape" -> shape = sizes(name);
        case "data_offsets" -> range = sizes(name);
        default -> throw new IllegalArgumentException("tensor " + name + " has an unknown field");
      }
    }
    json.endObject();
    if (fields.size() != 3 || range.size() != 2) {
      throw new IllegalArgumentException(
          "tensor " + name + " lacks its dtype, its shape or its two data_offsets");
    }
    String typeName = type;
    SafetensorsType known =
        SafetensorsType.named(typeName)
            .orElseThrow(
                () ->
                    new IllegalArgumentException(
                        "tensor %s has the unknown dtype %s (known: %s)"
                            .formatted(name, typeName, List.of(SafetensorsType.values()))));
    return new Entry(new SafetensorsTensor(name, known, shape), range.get(0), range.get(1));
  }

  private List<Long> sizes(String name) throws IOException {
    List<Long> sizes = new ArrayList<>();
    json.beginArray();
    while (json.hasNext()) {
      String number = json.peek() == JsonToken.NUMBER ? json.nextString() : "";
      if (!number.matches("[0-9]{1,18}")) {
        throw new IllegalArgumentException(
            "tensor " + name + " has a size that is no whole number");
      }
      sizes.add(Long.parseLong(number));
    }
    json.endArray();
    return sizes;
  }

  private String text(String what) throws IOException {
    if (json.peek() != JsonToken.STRING) {
      throw new IllegalArgumentException(what + " is no text");
    }
    return json.nextString();
  }

  private static String unique(Set<String> names, String name) {
    if (!names.add(name)) {
      throw new IllegalArgumentException("its header has \"" + name + "\" twice");
    }
    return name;
  }

  private SafetensorsHeader header(long dataBytes) {
    entries.sort(Comparator.comparingLong(Entry::begin).thenComparingLong(Entry::end));
    long at = 0;
    for (Entry entry : entries) {
      SafetensorsTensor tensor = entry.tensor();
      if (entry.begin() != at) {
        throw new IllegalArgumentException(
            "tensor %s begins at byte %d of the data, not at %d: a hole or an overlap"
                .formatted(tensor.name(), entry.begin(), at));
      }
      if (entry.end() - entry.begin() != tensor.bytes()) {
        throw new IllegalArgumentException(
            "tensor %s has %d bytes, but its dtype and shape need %d"
                .formatted(tensor.name(), entry.end() - entry.begin(), tensor.bytes()));
      }
      at = entry.end();
    }
    if (at != dataBytes) {
      throw new IllegalArgumentException(
          "its tensors need %d bytes of data and it has %d".formatted(at, dataBytes));
    }
    return new SafetensorsHeader(metadata, entries.stream().map(Entry::tensor).toList());
  }
}
