package dev.troupe.deploy.tensorboard;

import static dev.troupe.deploy.tensorboard.EventMessages.message;

import java.util.Map;

/**
 * The bytes of TensorBoard's {@code HParamsPluginData}, by the field numbers of its
 * plugin_data.proto and of protobuf's struct.proto: what its table of runs shows of a run's
 * settings. Pure functions.
 */
final class HparamsMessages {
  /** The tag that the plugin looks for. */
  static final String TAG = "_hparams_/session_start_info";

  private static final int DATA_SESSION_START = 3;
  private static final int SESSION_HPARAMS = 1;
  private static final int SESSION_START_TIME = 5;
  private static final int ENTRY_KEY = 1;
  private static final int ENTRY_VALUE = 2;
  private static final int VALUE_NUMBER = 2;
  private static final int VALUE_STRING = 3;
  private static final int VALUE_BOOL = 4;

  private HparamsMessages() {}

  /** A run begins with these settings: numbers, truths and texts by name, in the map's order. */
  static byte[] start(double wallTime, Map<String, Object> settings) {
    byte[] session =
        message(
            out -> {
              for (Map.Entry<String, Object> setting : settings.entrySet()) {
                byte[] value = value(setting.getValue());
                byte[] entry =
                    message(
                        each -> {
                          each.writeString(ENTRY_KEY, setting.getKey());
                          each.writeByteArray(ENTRY_VALUE, value);
                        });
                out.writeByteArray(SESSION_HPARAMS, entry);
              }
              out.writeDouble(SESSION_START_TIME, wallTime);
            });
    return message(out -> out.writeByteArray(DATA_SESSION_START, session));
  }

  private static byte[] value(Object value) {
    return message(
        out -> {
          switch (value) {
            case Number number -> out.writeDouble(VALUE_NUMBER, number.doubleValue());
            case Boolean truth -> out.writeBool(VALUE_BOOL, truth);
            default -> out.writeString(VALUE_STRING, value.toString());
          }
        });
  }
}
