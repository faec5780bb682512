package dev.troupe.proto.message;

import dev.troupe.proto.error.Category;
import dev.troupe.proto.error.TroupeException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;

/**
 * What an exception comes to in a message.
 *
 * @param category what kind of failure
 * @param message what happened, for people
 */
public record Failure(Category category, String message) {
  /**
   * A user's failure keeps its category and words; input, output and memory are resources; all else
   * is a defect, named by its class.
   */
  public static Failure of(Throwable failure) {
    return switch (failure) {
      case TroupeException known -> new Failure(known.category(), text(known));
      case CompletionException wrapped when wrapped.getCause() != null -> of(wrapped.getCause());
      case ExecutionException wrapped when wrapped.getCause() != null -> of(wrapped.getCause());
      case UncheckedIOException wrapped when wrapped.getCause() != null -> of(wrapped.getCause());
      case IOException io -> new Failure(Category.RESOURCE, named(io));
      case OutOfMemoryError memory -> new Failure(Category.RESOURCE, named(memory));
      default -> new Failure(Category.INTERNAL, named(failure));
    };
  }

  private static String text(TroupeException failure) {
    String message = failure.getMessage();
    return message == null ? failure.category().toString() : message;
  }

  private static String named(Throwable failure) {
    String name = failure.getClass().getSimpleName();
    return failure.getMessage() == null ? name : name + ": " + failure.getMessage();
  }
}
