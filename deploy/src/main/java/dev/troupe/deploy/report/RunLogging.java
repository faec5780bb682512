package dev.troupe.deploy.report;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.encoder.PatternLayoutEncoder;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.FileAppender;
import java.nio.file.Path;
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

  /** Starts to write to {@code file}, after what it has already. */
  public static RunLogging to(Path file) {
    LoggerContext context = (LoggerContext) LoggerFactory.getILoggerFactory();
    PatternLayoutEncoder encoder = new PatternLayoutEncoder();
    encoder.setContext(context);
    encoder.setPattern("%d{yyyy-MM-dd HH:mm:ss.SSS} %-5level [%thread] %logger{30} - %msg%n");
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
