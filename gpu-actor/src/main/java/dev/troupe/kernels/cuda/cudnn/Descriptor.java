package dev.troupe.kernels.cuda.cudnn;

import java.nio.charset.StandardCharsets;
import java.util.List;
import org.bytedeco.cuda.cudnn.cudnnBackendDescriptor_t;
import org.bytedeco.cuda.global.cudnn;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacpp.IntPointer;
import org.bytedeco.javacpp.LongPointer;
import org.bytedeco.javacpp.Pointer;

/**
 * A native object of the backend API: made, given attributes, finished, then only read. Owned by
 * whoever made it.
 */
final class Descriptor implements AutoCloseable {
  private final cudnnBackendDescriptor_t handle = new cudnnBackendDescriptor_t();

  /**
   * Makes an unfinished object.
   *
   * @param type one of {@code CUDNN_BACKEND_..._DESCRIPTOR}
   */
  Descriptor(int type) {
    Cudnn.check(cudnn.cudnnBackendCreateDescriptor(type, handle), "create descriptor " + type);
  }

  /** Sets an attribute whose values are of an enumeration. */
  Descriptor set(int attribute, int type, int value) {
    try (IntPointer values = new IntPointer(new int[] {value})) {
      return set(attribute, type, 1, values);
    }
  }

  /** Sets an attribute of integers. */
  Descriptor numbers(int attribute, long... values) {
    try (LongPointer pointer = new LongPointer(values)) {
      return set(attribute, cudnn.CUDNN_TYPE_INT64, values.length, pointer);
    }
  }

  /** Sets a yes or no. */
  Descriptor set(int attribute, boolean value) {
    try (BytePointer pointer = new BytePointer(new byte[] {(byte) (value ? 1 : 0)})) {
      return set(attribute, cudnn.CUDNN_TYPE_BOOLEAN, 1, pointer);
    }
  }

  /** Sets an attribute that refers to other objects, which must outlive this one's finishing. */
  Descriptor set(int attribute, List<Descriptor> others) {
    long[] addresses = others.stream().mapToLong(other -> other.handle.address()).toArray();
    try (LongPointer pointer = new LongPointer(addresses)) {
      return set(attribute, cudnn.CUDNN_TYPE_BACKEND_DESCRIPTOR, addresses.length, pointer);
    }
  }

  /** Sets an attribute that refers to another object. */
  Descriptor set(int attribute, Descriptor other) {
    return set(attribute, List.of(other));
  }

  /** Sets a text. */
  Descriptor set(int attribute, String text) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    try (BytePointer pointer = new BytePointer(bytes)) {
      return set(attribute, cudnn.CUDNN_TYPE_CHAR, bytes.length, pointer);
    }
  }

  /** Sets an attribute from native memory. */
  Descriptor set(int attribute, int type, long count, Pointer values) {
    Cudnn.check(
        cudnn.cudnnBackendSetAttribute(handle, attribute, type, count, values),
        "attribute " + attribute);
    return this;
  }

  /**
   * Ends the setting of attributes.
   *
   * @param what for the message of a failure
   */
  Descriptor finish(String what) {
    Cudnn.check(cudnn.cudnnBackendFinalize(handle), what);
    return this;
  }

  /** An attribute that is one integer. */
  long number(int attribute) {
    try (LongPointer value = new LongPointer(1)) {
      get(attribute, cudnn.CUDNN_TYPE_INT64, 1, value);
      return value.get();
    }
  }

  /** An attribute that is a text. */
  String text(int attribute) {
    long[] count = new long[1];
    Cudnn.check(
        cudnn.cudnnBackendGetAttribute(handle, attribute, cudnn.CUDNN_TYPE_CHAR, 0, count, null),
        "length of attribute " + attribute);
    byte[] bytes = new byte[Math.toIntExact(count[0])];
    try (BytePointer pointer = new BytePointer(bytes.length)) {
      get(attribute, cudnn.CUDNN_TYPE_CHAR, bytes.length, pointer);
      pointer.get(bytes);
    }
    return new String(bytes, StandardCharsets.UTF_8);
  }

  /** Number of objects in an attribute. */
  int count(int attribute) {
    long[] count = new long[1];
    Cudnn.check(
        cudnn.cudnnBackendGetAttribute(
            handle, attribute, cudnn.CUDNN_TYPE_BACKEND_DESCRIPTOR, 0, count, null),
        "count of attribute " + attribute);
    return Math.toIntExact(count[0]);
  }

  /**
   * Lets the library fill objects that the caller made.
   *
   * @return how many were filled, which may be fewer; the others must not be used
   */
  int fill(int attribute, List<Descriptor> others) {
    long[] addresses = others.stream().mapToLong(other -> other.handle.address()).toArray();
    try (LongPointer pointer = new LongPointer(addresses)) {
      return Math.toIntExact(
          get(attribute, cudnn.CUDNN_TYPE_BACKEND_DESCRIPTOR, addresses.length, pointer));
    }
  }

  private long get(int attribute, int type, long capacity, Pointer values) {
    long[] count = new long[1];
    Cudnn.check(
        cudnn.cudnnBackendGetAttribute(handle, attribute, type, capacity, count, values),
        "read attribute " + attribute);
    return count[0];
  }

  /** The library's handle. */
  cudnnBackendDescriptor_t handle() {
    return handle;
  }

  @Override
  public void close() {
    if (!handle.isNull()) {
      cudnn.cudnnBackendDestroyDescriptor(handle);
      handle.setNull();
    }
  }
}
