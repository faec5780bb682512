package dev.troupe.proto.error;

import org.jspecify.annotations.Nullable;

/**
 * A failure whose message is meant for the user: it says what is wrong, where (file, field, value)
 * and what to do about it. Shown without a stack trace unless its category is {@link
 * Category#INTERNAL}.
 */
public class TroupeException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final Category category;

  /** Creates a failure with a message that names the place, the value and the remedy. */
  public TroupeException(Category category, String message) {
    this(category, message, null);
  }

  /** Creates a failure that another one caused. */
  public TroupeException(Category category, String message, @Nullable Throwable cause) {
    super(message, cause);
    this.category = category;
  }

  /** A mistake in the command line or the job file. */
  public static TroupeException usage(String message) {
    return new TroupeException(Category.USAGE, message);
  }

  /** Unreadable, damaged or unsuitable data or checkpoint. */
  public static TroupeException data(String message) {
    return new TroupeException(Category.DATA, message);
  }

  /** Not enough memory, disk or device. */
  public static TroupeException resource(String message) {
    return new TroupeException(Category.RESOURCE, message);
  }

  /** Another process or node failed. */
  public static TroupeException peer(String message) {
    return new TroupeException(Category.PEER, message);
  }

  /** The category, which decides the exit code. */
  public final Category category() {
    return category;
  }
}
