package dev.troupe.checkpoint;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonPrimitive;
import java.util.List;
import java.util.stream.StreamSupport;

/**
 * The fields of a JSON object by type. A field that is missing or of another type is an {@link
 * IllegalArgumentException} that names it.
 */
record JsonFields(JsonObject object) {

  String text(String name) {
    JsonPrimitive value = primitive(name);
    if (!value.isString()) {
      throw wrong(name, "text");
    }
    return value.getAsString();
  }

  long wholeNumber(String name) {
    JsonPrimitive value = primitive(name);
    if (!value.isNumber() || !value.getAsString().matches("-?[0-9]{1,18}")) {
      throw wrong(name, "a whole number");
    }
    return value.getAsLong();
  }

  int smallNumber(String name) {
    long value = wholeNumber(name);
    if (value != (int) value) {
      throw wrong(name, "a number of 32 bits");
    }
    return (int) value;
  }

  double number(String name) {
    JsonPrimitive value = primitive(name);
    if (!value.isNumber()) {
      throw wrong(name, "a number");
    }
    return value.getAsDouble();
  }

  boolean flag(String name) {
    JsonPrimitive value = primitive(name);
    if (!value.isBoolean()) {
      throw wrong(name, "true or false");
    }
    return value.getAsBoolean();
  }

  JsonFields fields(String name) {
    return new JsonFields(object(name, element(name)));
  }

  /** The objects of an array. */
  List<JsonFields> list(String name) {
    JsonElement value = element(name);
    if (!value.isJsonArray()) {
      throw wrong(name, "a list");
    }
    return StreamSupport.stream(value.getAsJsonArray().spliterator(), false)
        .map(element -> new JsonFields(object(name, element)))
        .toList();
  }

  private JsonElement element(String name) {
    JsonElement value = object.get(name);
    if (value == null) {
      throw new IllegalArgumentException("field " + name + " is missing");
    }
    return value;
  }

  private JsonPrimitive primitive(String name) {
    JsonElement value = element(name);
    if (!value.isJsonPrimitive()) {
      throw wrong(name, "a plain value");
    }
    return value.getAsJsonPrimitive();
  }

  private static JsonObject object(String name, JsonElement value) {
    if (!value.isJsonObject()) {
      throw wrong(name, "an object");
    }
    return value.getAsJsonObject();
  }

  private static IllegalArgumentException wrong(String name, String expected) {
    return new IllegalArgumentException("field " + name + " is not " + expected);
  }
}
