package dev.troupe.deploy.serve;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import dev.troupe.deploy.serve.CompletionRequest.Prompt;
import dev.troupe.infer.Sampling;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import java.util.function.Predicate;

/**
 * Reads the fields of OpenAI's {@code POST /v1/completions}, with its defaults, and {@code top_k}.
 * Fields that OpenAI does not know are refused, as it does, and so are those of its own that would
 * change the texts here in no way: {@code logprobs}, {@code logit_bias}, penalties, {@code suffix}
 * and {@code best_of}, unless they have the value that means nothing. {@code user} is passed over.
 */
final class RequestReader {
  private static final int DEFAULT_TOKENS = 16;
  private static final int MOST_TOKENS = 10_000_000;
  private static final int MOST_SAMPLES = 128;
  private static final int MOST_STOPS = 16;
  private static final int LONGEST_STOP = 1000;
  private static final double HOTTEST = 100;
  private static final double LEAST_MASS = 1e-6;

  private final JsonFields fields;

  private RequestReader(JsonFields fields) {
    this.fields = fields;
  }

  /**
   * Reads a request's body.
   *
   * @throws RefusedException naming the field that is not in order
   */
  static CompletionRequest read(byte[] body) {
    RequestReader reader = new RequestReader(JsonFields.read(body));
    CompletionRequest request = reader.request();
    reader.refuseWhatDoesNothing(request.samples());
    reader.fields.requireNothingElse();
    return request;
  }

  private CompletionRequest request() {
    boolean stream = fields.flag("stream");
    boolean usage =
        fields
            .object("stream_options")
            .map(
                options -> {
                  boolean include = options.flag("include_usage");
                  options.requireNothingElse();
                  return include;
                })
            .orElse(false);
    return new CompletionRequest(
        fields.text("model"),
        prompts(),
        whole("max_tokens", DEFAULT_TOKENS, 1, MOST_TOKENS),
        sampling(),
        whole("n", 1, 1, MOST_SAMPLES),
        stops(),
        fields
            .whole("seed", Long.MIN_VALUE, Long.MAX_VALUE)
            .map(OptionalLong::of)
            .orElse(OptionalLong.empty()),
        fields.flag("echo"),
        stream,
        stream && usage);
  }

  private int whole(String name, int otherwise, int least, int most) {
    return fields.whole(name, least, most).map(Math::toIntExact).orElse(otherwise);
  }

  private Sampling sampling() {
    return new Sampling(
        fields.real("temperature", 0, HOTTEST).orElse(1.0),
        whole("top_k", 0, 0, Integer.MAX_VALUE),
        fields.real("top_p", LEAST_MASS, 1).orElse(1.0));
  }

  private List<String> stops() {
    JsonElement value = fields.any("stop").orElseGet(JsonArray::new);
    List<String> stops = new ArrayList<>();
    for (JsonElement stop : value.isJsonArray() ? value.getAsJsonArray() : List.of(value)) {
      if (!JsonFields.isText(stop)
          || stop.getAsString().isEmpty()
          || stop.getAsString().length() > LONGEST_STOP) {
        throw fields.wrong(
            "stop", stop, "give strings of 1 to %d characters".formatted(LONGEST_STOP));
      }
      stops.add(stop.getAsString());
    }
    if (stops.size() > MOST_STOPS) {
      throw fields.wrong("stop", value, "give at most " + MOST_STOPS);
    }
    return stops;
  }

  private List<Prompt> prompts() {
    JsonElement value = fields.any("prompt").orElseThrow(RequestReader::noPrompt);
    if (JsonFields.isText(value)) {
      return List.of(new Prompt.Text(value.getAsString()));
    }
    if (value.isJsonArray() && !value.getAsJsonArray().isEmpty()) {
      List<JsonElement> parts = value.getAsJsonArray().asList();
      if (parts.stream().allMatch(JsonFields::isText)) {
        return parts.stream().<Prompt>map(part -> new Prompt.Text(part.getAsString())).toList();
      }
      if (parts.stream().allMatch(JsonFields::isNumber)) {
        return List.of(tokens(parts));
      }
      if (parts.stream().allMatch(JsonElement::isJsonArray)) {
        return parts.stream().map(part -> tokens(part.getAsJsonArray().asList())).toList();
      }
    }
    throw fields.wrong(
        "prompt", value, "give a string, a list of strings, or a list of token ids or of such");
  }

  private static RefusedException noPrompt() {
    return new RefusedException(Refusal.field("prompt", "give a prompt"));
  }

  private Prompt tokens(List<JsonElement> parts) {
    return new Prompt.Tokens(
        parts.stream()
            .map(part -> Math.toIntExact(fields.whole("prompt", part, 0, Integer.MAX_VALUE)))
            .toList());
  }

  private void refuseWhatDoesNothing(int samples) {
    fields.any("user");
    refuse("logprobs", value -> false);
    refuse("suffix", value -> false);
    refuse("presence_penalty", RequestReader::isZero);
    refuse("frequency_penalty", RequestReader::isZero);
    refuse("logit_bias", bias -> bias.isJsonObject() && bias.getAsJsonObject().isEmpty());
    refuse("best_of", value -> JsonFields.isNumber(value) && value.getAsInt() == samples);
  }

  private static boolean isZero(JsonElement value) {
    return JsonFields.isNumber(value) && value.getAsDouble() == 0;
  }

  private void refuse(String name, Predicate<JsonElement> harmless) {
    fields
        .any(name)
        .filter(harmless.negate())
        .ifPresent(
            value -> {
              throw fields.wrong(name, value, "is not served; leave it out");
            });
  }
}
