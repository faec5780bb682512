package dev.troupe.deploy.tensorboard;

import com.google.protobuf.ByteString;
import com.google.protobuf.CodedOutputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Map;

/**
 * The bytes of TensorFlow's {@code Event} messages, by the field numbers of its event.proto,
 * summary.proto, tensor.proto and tensor_shape.proto. Pure functions.
 */
final class EventMessages {
  private static final int EVENT_WALL_TIME = 1;
  private static final int EVENT_STEP = 2;
  private static final int EVENT_FILE_VERSION = 3;
  private static final int EVENT_SUMMARY = 5;
  private static final int EVENT_SESSION_LOG = 7;
  private static final int SESSION_LOG_STATUS = 1;
  private static final int SESSION_LOG_START = 1;
  private static final int SUMMARY_VALUE = 1;
  private static final int VALUE_TAG = 1;
  private static final int VALUE_SIMPLE_VALUE = 2;
  private static final int VALUE_TENSOR = 8;
  private static final int VALUE_METADATA = 9;
  private static final int METADATA_PLUGIN_DATA = 1;
  private static final int PLUGIN_DATA_NAME = 1;
  private static final int PLUGIN_DATA_CONTENT = 2;
  private static final int TENSOR_DTYPE = 1;
  private static final int TENSOR_SHAPE = 2;
  private static final int TENSOR_FLOAT_VAL = 5;
  private static final int TENSOR_STRING_VAL = 8;
  private static final int DT_FLOAT = 1;
  private static final int DT_STRING = 7;
  private static final int SHAPE_DIM = 2;
  private static final int DIM_SIZE = 1;

  private EventMessages() {}

  /** The first event of a file. */
  static byte[] version(double wallTime) {
    return message(
        out -> {
          out.writeDouble(EVENT_WALL_TIME, wallTime);
          out.writeString(EVENT_FILE_VERSION, "brain.Event:2");
        });
  }

  /** Makes readers forget what earlier events tell of {@code step} and later ones. */
  static byte[] start(double wallTime, long step) {
    return event(
        wallTime,
        step,
        EVENT_SESSION_LOG,
        message(log -> log.writeEnum(SESSION_LOG_STATUS, SESSION_LOG_START)));
  }

  /** Scalars of a step, by tag, in the map's order. */
  static byte[] scalars(double wallTime, long step, Map<String, Double> values) {
    byte[] summary =
        message(
            out -> {
              for (Map.Entry<String, Double> value : values.entrySet()) {
                byte[] one =
                    message(
                        each -> {
                          each.writeString(VALUE_TAG, value.getKey());
                          each.writeFloat(VALUE_SIMPLE_VALUE, value.getValue().floatValue());
                        });
                out.writeByteArray(SUMMARY_VALUE, one);
              }
            });
    return event(wallTime, step, EVENT_SUMMARY, summary);
  }

  /** A text (Markdown) of a step. */
  static byte[] text(double wallTime, long step, String tag, String text) {
    byte[] tensor =
        tensor(DT_STRING, out -> out.writeBytes(TENSOR_STRING_VAL, ByteString.copyFromUtf8(text)));
    byte[] plugin = message(out -> out.writeString(PLUGIN_DATA_NAME, "text"));
    return value(wallTime, step, tag, tensor, plugin);
  }

  /** What the hparams plugin reads of a run: its messages are beside a tensor that says nothing. */
  static byte[] hparams(double wallTime, String tag, byte[] content) {
    byte[] zero = new byte[Float.BYTES];
    byte[] tensor = tensor(DT_FLOAT, out -> out.writeByteArray(TENSOR_FLOAT_VAL, zero));
    byte[] plugin =
        message(
            out -> {
              out.writeString(PLUGIN_DATA_NAME, "hparams");
              out.writeByteArray(PLUGIN_DATA_CONTENT, content);
            });
    return value(wallTime, 0, tag, tensor, plugin);
  }

  /** A tensor of one element. */
  private static byte[] tensor(int type, Fields element) {
    byte[] dim = message(out -> out.writeInt64(DIM_SIZE, 1));
    byte[] shape = message(out -> out.writeByteArray(SHAPE_DIM, dim));
    return message(
        out -> {
          out.writeEnum(TENSOR_DTYPE, type);
          out.writeByteArray(TENSOR_SHAPE, shape);
          element.write(out);
        });
  }

  private static byte[] value(
      double wallTime, long step, String tag, byte[] tensor, byte[] plugin) {
    byte[] metadata = message(out -> out.writeByteArray(METADATA_PLUGIN_DATA, plugin));
    byte[] value =
        message(
            out -> {
              out.writeString(VALUE_TAG, tag);
              out.writeByteArray(VALUE_TENSOR, tensor);
              out.writeByteArray(VALUE_METADATA, metadata);
            });
    return event(
        wallTime, step, EVENT_SUMMARY, message(out -> out.writeByteArray(SUMMARY_VALUE, value)));
  }

  private static byte[] event(double wallTime, long step, int field, byte[] what) {
    return message(
        out -> {
          out.writeDouble(EVENT_WALL_TIME, wallTime);
          if (step != 0) { // as protobuf does with a default
            out.writeInt64(EVENT_STEP, step);
          }
          out.writeByteArray(field, what);
        });
  }

  /** Writes a message's fields. */
  @FunctionalInterface
  interface Fields {
    void write(CodedOutputStream out) throws IOException;
  }

  /** The bytes of a message. */
  static byte[] message(Fields fields) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    CodedOutputStream out = CodedOutputStream.newInstance(bytes);
    try {
      fields.write(out);
      out.flush();
    } catch (IOException e) {
      throw new UncheckedIOException("memory does not fail", e);
    }
    return bytes.toByteArray();
  }
}
