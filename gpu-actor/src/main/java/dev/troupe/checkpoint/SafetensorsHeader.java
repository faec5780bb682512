package dev.troupe.checkpoint;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/**
 * The header of a safetensors file. The format leaves no holes between tensors, so their order
 * alone says where each one's data begins.
 *
 * @param metadata free text by name
 * @param tensors the tensors in the order of their data
 */
record SafetensorsHeader(Map<String, String> metadata, List<SafetensorsTensor> tensors) {
  /** Bytes before the JSON text: its length, unsigned, little-endian. */
  static final int PREFIX_BYTES = 8;

  private static final int ALIGNMENT = 8;

  SafetensorsHeader {
    metadata = Map.copyOf(metadata);
    tensors = List.copyOf(tensors);
    if (tensors.stream().map(SafetensorsTensor::name).distinct().count() != tensors.size()) {
      throw new IllegalArgumentException("two tensors have the same name");
    }
  }

  /** The header as it stands in the file, padded with spaces so that the data is aligned. */
  byte[] encode() {
    JsonObject json = new JsonObject();
    if (!metadata.isEmpty()) {
      JsonObject texts = new JsonObject();
      metadata.entrySet().stream()
          .sorted(Map.Entry.comparingByKey())
          .forEach(entry -> texts.addProperty(entry.getKey(), entry.getValue()));
      json.add(SafetensorsTensor.METADATA, texts);
    }
    long begin = 0;
    for (SafetensorsTensor tensor : tensors) {
      long end = Math.addExact(begin, tensor.bytes());
      json.add(tensor.name(), entry(tensor, begin, end));
      begin = end;
    }
    byte[] text = json.toString().getBytes(StandardCharsets.UTF_8);
    byte[] padded = Arrays.copyOf(text, Math.ceilDiv(text.length, ALIGNMENT) * ALIGNMENT);
    Arrays.fill(padded, text.length, padded.length, (byte) ' ');
    return ByteBuffer.allocate(PREFIX_BYTES + padded.length)
        .order(ByteOrder.LITTLE_ENDIAN)
        .putLong(padded.length)
        .put(padded)
        .array();
  }

  private static JsonObject entry(SafetensorsTensor tensor, long begin, long end) {
    JsonArray shape = new JsonArray();
    tensor.shape().forEach(shape::add);
    JsonArray range = new JsonArray();
    range.add(begin);
    range.add(end);
    JsonObject entry = new JsonObject();
    entry.addProperty("dtype", tensor.type().name());
    entry.add("shape", shape);
    entry.add("data_offsets", range);
    return entry;
  }
}
