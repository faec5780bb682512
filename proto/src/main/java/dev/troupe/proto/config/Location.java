package dev.troupe.proto.config;

import com.typesafe.config.ConfigOrigin;

/** Where a value was written, in words for the user. */
public final class Location {
  /** Origin description of values given as key=value arguments. */
  static final String COMMAND_LINE = "command line";

  /** Origin description of values that a preset gives. */
  static final String PRESET = "preset ";

  /** Origin description of values that the checkpoint to start from gives. */
  static final String CHECKPOINT = "checkpoint";

  /** Origin description of a job that was given as text. */
  static final String TEXT = "job text";

  /** Origin description of values that nobody wrote. */
  static final String DEFAULT = "default";

  private Location() {}

  /**
   * {@code job.conf:12}, {@code command line}, {@code preset llama-7b}, {@code checkpoint} or
   * {@code default}.
   */
  public static String of(ConfigOrigin origin) {
    String file = origin.filename();
    if (file != null) {
      return origin.lineNumber() > 0 ? file + ":" + origin.lineNumber() : file;
    }
    String description = origin.description();
    if (description.startsWith(COMMAND_LINE)) {
      return COMMAND_LINE;
    }
    if (description.startsWith(CHECKPOINT)) {
      return CHECKPOINT;
    }
    if (description.startsWith(PRESET)) {
      return description;
    }
    if (description.startsWith(TEXT)) {
      return TEXT + ":" + origin.lineNumber();
    }
    return DEFAULT;
  }
}
