package dev.troupe.deploy.report;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.FileAppender;
import ch.qos.logback.core.encoder.Encoder;
import dev.troupe.proto.spec.LogFormat;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import org.slf4j.LoggerFactory;

/** Sends the details of a run's log to a file of its folder; the console gets warnings only. */
public final class RunLogging implements AutoCloseable {
  private final Logger root;
  private final FileAppender<ILoggingEvent> appender;
  private final Level before;

  private RunLogging(Logger root, FileAppender<ILoggingEvent> appender) {
    this.root = root;
    this.appender = appender;
    this.before = root.getLevel();
  }

  /**
   * Starts to write to {@code file}, after what it has already.
   *
   * @param format how lines look
   * @param node the node that this process is a part of, which every line then tells; null: none
   */
  public static RunLogging to(Path file, LogFormat format, @Nullable String node) {
    LoggerContext context = (LoggerContext) LoggerFactory.getILoggerFactory();
    Encoder<ILoggingEvent> encoder =
        switch (format) {
          case TEXT -> new TextLogEncoder(context, node);
          case JSON -> new JsonLogEncoder(node);
        };
    encoder.setContext(context);
    encoder.start();
    FileAppender<ILoggingEvent> appender = new FileAppender<>();
    appender.setContext(context);
    appender.setFile(file.toString());
    appender.setEncoder(encoder);
    appender.start();
    RunLogging logging =
        new RunLogging(context.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME), appender);
    logging.root.addAppender(appender);
    logging.root.setLevel(Level.INFO);
    return logging;
  }

  @Override
  public void close() {
    root.setLevel(before);
    root.detachAppender(appender);
    appender.stop();
  }
}
