package dev.troupe.deploy.serve;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.troupe.deploy.serve.CompletionRequest.Prompt;
import dev.troupe.infer.Sampling;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class RequestReaderTest {
  private static CompletionRequest read(String json) {
    return RequestReader.read(json.getBytes(StandardCharsets.UTF_8));
  }

  private static Refusal refused(byte[] body) {
    return assertThrows(RefusedException.class, () -> RequestReader.read(body)).refusal();
  }

  private static Refusal refused(String json) {
    return refused(json.getBytes(StandardCharsets.UTF_8));
  }

  @Test
  void whatIsLeftOutHasOpenAisDefaults() {
    assertEquals(
        new CompletionRequest(
            Optional.empty(),
            List.of(new Prompt.Text("é")),
            16,
            new Sampling(1, 0, 1),
            1,
            List.of(),
            OptionalLong.empty(),
            false,
            false,
            false),
        read("{\"prompt\": \"é\"}"));
  }

  @Test
  void everyFieldIsRead() {
    assertEquals(
        new CompletionRequest(
            Optional.of("m"),
            List.of(new Prompt.Text("a"), new Prompt.Text("b")),
            5,
            new Sampling(0.5, 40, 0.9),
            3,
            List.of("\n", "END"),
            OptionalLong.of(-7),
            true,
            true,
            true),
        read(
            """
            {"model": "m", "prompt": ["a", "b"], "max_tokens": 5, "temperature": 0.5,
             "top_k": 40, "top_p": 0.9, "n": 3, "stop": ["\\n", "END"], "seed": -7, "echo": true,
             "stream": true, "stream_options": {"include_usage": true}}"""));
  }

  @Test
  void fieldsThatMeanNothingArePassedOver() {
    assertEquals(
        read("{\"prompt\": \"p\", \"n\": 2, \"stop\": \"x\"}"),
        read(
            """
            {"prompt": "p", "n": 2, "stop": ["x"], "best_of": 2, "presence_penalty": 0,
             "frequency_penalty": 0.0, "logit_bias": {}, "logprobs": null, "suffix": null,
             "user": "somebody", "seed": null, "stream": false,
             "stream_options": {"include_usage": true}}"""));
  }

  @Test
  void promptsMayBeTokens() {
    assertEquals(List.of(new Prompt.Tokens(List.of(1, 2))), read("{\"prompt\": [1, 2]}").prompts());
    assertEquals(
        List.of(new Prompt.Tokens(List.of(1)), new Prompt.Tokens(List.of(2, 3))),
        read("{\"prompt\": [[1], [2, 3]]}").prompts());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '\0',
      textBlock =
          """
          {}                                         | prompt               | give a prompt
          {"prompt": null}                           | prompt               | give a prompt
          {"prompt": 3}                              | prompt               | prompt = 3
          {"prompt": []}                             | prompt               | prompt = []
          {"prompt": ["a", 1]}                       | prompt               | ["a",1]
          {"prompt": [1.5]}                          | prompt               | 1.5
          {"prompt": [-1]}                           | prompt               | -1
          {"prompt": [[1, "a"]]}                     | prompt               | "a"
          {"prompt": "p", "max_tokens": 0}           | max_tokens           | from 1 to
          {"prompt": "p", "max_tokens": "5"}         | max_tokens           | "5"
          {"prompt": "p", "max_tokens": 1e999999999} | max_tokens           | give a
          {"prompt": "p", "temperature": -0.1}       | temperature          | -0.1
          {"prompt": "p", "temperature": true}       | temperature          | give a number
          {"prompt": "p", "top_p": 0}                | top_p                | top_p = 0
          {"prompt": "p", "top_p": 1.01}             | top_p                | 1.01
          {"prompt": "p", "top_k": -1}               | top_k                | -1
          {"prompt": "p", "n": 129}                  | n                    | 128
          {"prompt": "p", "stop": ""}                | stop                 | 1 to 1000
          {"prompt": "p", "stop": ["a", 1]}          | stop                 | stop = 1
          {"prompt": "p", "stop": {}}                | stop                 | strings
          {"prompt": "p", "stream": "yes"}           | stream               | true or false
          {"prompt": "p", "stream_options": 1}       | stream_options       | an object
          {"prompt": "p", "stream_options": {"x":1}} | stream_options.x     | unknown
          {"prompt": "p", "model": 1}                | model                | a string
          {"prompt": "p", "echo": 1}                 | echo                 | echo = 1
          {"prompt": "p", "seed": 0.5}               | seed                 | whole number
          {"prompt": "p", "logprobs": 0}             | logprobs             | not served
          {"prompt": "p", "suffix": "s"}             | suffix               | not served
          {"prompt": "p", "best_of": 2}              | best_of              | not served
          {"prompt": "p", "logit_bias": {"5": 1}}    | logit_bias           | not served
          {"prompt": "p", "presence_penalty": 0.5}   | presence_penalty     | not served
          {"prompt": "p", "max_token": 5}            | max_token            | did you mean max_tokens?
          """)
  void namesTheFieldThatIsNotInOrder(String json, String field, String part) {
    Refusal refusal = refused(json);
    assertEquals(400, refusal.status());
    assertEquals(field, refusal.param());
    assertTrue(refusal.message().contains(part), refusal::message);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "{", "[]", "null", "{\"prompt\": 'p'}", "{\"prompt\": \"p\"} {}"})
  void refusesWhatIsNoJsonObject(String body) {
    Refusal refusal = refused(body);
    assertEquals(400, refusal.status());
    assertTrue(refusal.message().startsWith("the body is not"), refusal::message);
  }

  @Test
  void refusesWhatIsNotUtf8() {
    assertTrue(refused(new byte[] {'{', (byte) 0xFF, '}'}).message().contains("UTF-8"));
  }

  @Test
  void aLongValueIsShortenedInTheMessage() {
    assertTrue(
        refused("{\"n\": \"%s\", \"prompt\": \"p\"}".formatted("x".repeat(5000))).message().length()
            < 300);
    assertTrue(refused("[".repeat(100_000)).message().length() < 300);
  }

  @Test
  void moreStopTextsThanAreServedAreRefused() {
    String many = "\"a\",".repeat(16) + "\"a\"";
    assertTrue(
        refused("{\"prompt\": \"p\", \"stop\": [%s]}".formatted(many)).message().contains("16"));
  }
}
