package dev.troupe.deploy.report;

import ch.qos.logback.classic.pattern.ThrowableProxyConverter;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.IThrowableProxy;
import ch.qos.logback.core.encoder.EncoderBase;
import com.google.gson.Gson;
import com.google.gson.GsonBuilder;
import com.google.gson.JsonObject;
import dev.troupe.proto.log.LogFields;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A JSON object a line: {@code time} (ISO 8601, UTC), {@code level}, {@code logger}, {@code
 * thread}, {@code message}, and where they are known {@code node}, {@code rank}, {@code epoch} and
 * {@code exception} (its stack trace).
 */
final class JsonLogEncoder extends EncoderBase<ILoggingEvent> {
  private static final Gson GSON = new GsonBuilder().disableHtmlEscaping().create();
  private static final byte[] NOTHING = {};

  private final @Nullable String node;
  private final ThrowableProxyConverter stackTrace = new ThrowableProxyConverter();

  /** An encoder of a process that is a part of {@code node}, if of any. */
  JsonLogEncoder(@Nullable String node) {
    this.node = node;
  }

  @Override
  public void start() {
    stackTrace.start();
    super.start();
  }

  @Override
  public byte[] headerBytes() {
    return NOTHING;
  }

  @Override
  public byte[] encode(ILoggingEvent event) {
    JsonObject line = new JsonObject();
    line.addProperty("time", event.getInstant().toString());
    line.addProperty("level", event.getLevel().toString());
    line.addProperty("logger", event.getLoggerName());
    line.addProperty("thread", event.getThreadName());
    Map<String, String> context = event.getMDCPropertyMap();
    String where = context.getOrDefault(LogFields.NODE, node);
    if (where != null) {
      line.addProperty(LogFields.NODE, where);
    }
    number(line, LogFields.RANK, context);
    number(line, LogFields.EPOCH, context);
    line.addProperty("message", event.getFormattedMessage());
    IThrowableProxy exception = event.getThrowableProxy();
    if (exception != null) {
      line.addProperty("exception", stackTrace.convert(event));
    }
    return (GSON.toJson(line) + "\n").getBytes(StandardCharsets.UTF_8);
  }

  private static void number(JsonObject line, String field, Map<String, String> context) {
    String value = context.get(field);
    if (value == null) {
      return;
    }
    try {
      line.addProperty(field, Long.parseLong(value));
    } catch (NumberFormatException e) {
      line.addProperty(field, value);
    }
  }

  @Override
  public byte[] footerBytes() {
    return NOTHING;
  }
}
