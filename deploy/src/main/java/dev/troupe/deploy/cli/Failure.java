package dev.troupe.deploy.cli;

import dev.troupe.proto.error.Category;
import dev.troupe.proto.error.TroupeException;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import org.jspecify.annotations.Nullable;

/** Tells people of a failure, and decides the exit code. */
final class Failure {
  private final Throwable failure;

  /** A failure as it was caught; wrappers that other threads add are taken off. */
  Failure(Throwable caught) {
    Throwable inner = caught;
    while ((inner instanceof CompletionException || inner instanceof ExecutionException)
        && inner.getCause() != null) {
      inner = inner.getCause();
    }
    this.failure = inner;
  }

  /**
   * Prints a message without a stack trace, and keeps that of a defect in a file.
   *
   * @param debug whether to print the stack trace, too
   * @param folder the run's folder, for the file; null: the system's folder for temporary files
   * @return the exit code
   */
  int report(PrintWriter err, boolean debug, @Nullable Path folder) {
    Category category = category();
    if (category != Category.INTERNAL) {
      err.println("troupe: " + message());
    } else {
      err.println("troupe: a defect of Troupe: " + failure);
      if (!debug) {
        err.println("  " + keepStackTrace(folder));
      }
    }
    if (debug) {
      failure.printStackTrace(err);
    }
    err.flush();
    return category.exitCode();
  }

  private Category category() {
    return switch (failure) {
      case TroupeException expected -> expected.category();
      case OutOfMemoryError _ -> Category.RESOURCE;
      default -> Category.INTERNAL;
    };
  }

  private String message() {
    return failure instanceof OutOfMemoryError
        ? "out of memory: %s; choose a smaller model.preset or train.micro-batch, or give Java more"
                .formatted(failure.getMessage())
            + " with TROUPE_JAVA_OPTS=-Xmx..."
        : String.valueOf(failure.getMessage());
  }

  private String keepStackTrace(@Nullable Path folder) {
    StringWriter trace = new StringWriter();
    failure.printStackTrace(new PrintWriter(trace));
    try {
      Path file =
          folder != null && Files.isDirectory(folder)
              ? Files.createTempFile(folder, "crash-", ".txt")
              : Files.createTempFile("troupe-crash-", ".txt");
      Files.writeString(file, trace.toString());
      return "The details are in " + file;
    } catch (IOException e) {
      return "Run again with --debug for the details (they could not be kept: " + e + ")";
    }
  }
}
