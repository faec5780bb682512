package dev.troupe.deploy.api;

import com.google.gson.FieldNamingPolicy;
import com.google.gson.Gson;
import com.google.gson.GsonBuilder;
import com.google.gson.JsonParseException;
import com.google.gson.TypeAdapter;
import com.google.gson.stream.JsonReader;
import com.google.gson.stream.JsonToken;
import com.google.gson.stream.JsonWriter;
import dev.troupe.proto.error.Category;
import dev.troupe.proto.error.TroupeException;
import java.io.IOException;
import java.time.DateTimeException;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A run's status as JSON: the records' names in snake case, unknown things null, instants in ISO
 * 8601; a loss that is no number is null, since JSON has no NaN.
 */
public final class StatusJson {
  private static final Gson GSON =
      new GsonBuilder()
          .setFieldNamingPolicy(FieldNamingPolicy.LOWER_CASE_WITH_UNDERSCORES)
          .serializeNulls()
          .disableHtmlEscaping()
          .setPrettyPrinting()
          .registerTypeAdapter(double.class, new Finite())
          .registerTypeAdapter(Double.class, new Finite().nullSafe())
          .registerTypeAdapter(Instant.class, new Iso())
          .create();

  private static final String NO_STATUS =
      "the answer is not a run's status; is this the address of a run of this version?";

  private StatusJson() {}

  /** The status as an object over several lines. */
  public static String write(RunStatus status) {
    return GSON.toJson(status);
  }

  /**
   * Reads what {@link #write} wrote.
   *
   * @throws TroupeException of category peer where it is something else
   */
  public static RunStatus read(String json) {
    @Nullable RunStatus status;
    try {
      status = GSON.fromJson(json, RunStatus.class);
    } catch (RuntimeException e) { // what a constructor throws comes wrapped, too
      throw new TroupeException(Category.PEER, NO_STATUS, e);
    }
    if (status == null) {
      throw TroupeException.peer(NO_STATUS);
    }
    return status;
  }

  private static final class Finite extends TypeAdapter<Double> {
    @Override
    public void write(JsonWriter out, Double value) throws IOException {
      if (Double.isFinite(value)) {
        out.value(value);
      } else {
        out.nullValue();
      }
    }

    @Override
    public Double read(JsonReader in) throws IOException {
      if (in.peek() == JsonToken.NULL) {
        in.nextNull();
        return Double.NaN;
      }
      return in.nextDouble();
    }
  }

  private static final class Iso extends TypeAdapter<Instant> {
    @Override
    public void write(JsonWriter out, Instant value) throws IOException {
      out.value(value.toString());
    }

    @Override
    public Instant read(JsonReader in) throws IOException {
      String text = in.nextString();
      try {
        return Instant.parse(text);
      } catch (DateTimeException e) {
        throw new JsonParseException("started_at = " + text + " is no instant", e);
      }
    }
  }
}
