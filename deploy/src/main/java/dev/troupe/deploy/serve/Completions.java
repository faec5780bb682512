package dev.troupe.deploy.serve;

import dev.troupe.deploy.serve.CompletionRequest.Prompt;
import dev.troupe.infer.Continuation;
import dev.troupe.infer.DecodingBatch;
import dev.troupe.proto.error.TroupeException;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.CompletionStage;
import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.http.javadsl.model.HttpResponse;

/** Turns a request for completions into texts of the engine and these into an answer. */
record Completions(ActorSystem<?> system, ServedModel model, TextEngine engine) {

  /**
   * Begins the texts.
   *
   * @param connection of whoever asks; when it closes, the texts end
   * @throws RefusedException where the request is not in order, or there is no room for it
   */
  CompletionStage<HttpResponse> begin(CompletionRequest request, Connection connection) {
    request
        .model()
        .filter(name -> !name.equals(model.name()))
        .ifPresent(
            name -> {
              throw new RefusedException(
                  Refusal.unknownModel(
                      "there is no model of that name; there is %s".formatted(model.name())));
            });
    engine.requireRoom(request.texts());
    List<int[]> prompts = request.prompts().stream().map(this::tokens).toList();
    Answer answer = answer(request, connection, prompts);
    engine.generate(texts(request, prompts, answer));
    return answer.response();
  }

  private int[] tokens(Prompt prompt) {
    int[] tokens =
        switch (prompt) {
          case Prompt.Text text -> model.tokenizer().encodePrompt(text.text());
          case Prompt.Tokens given -> given.ids().stream().mapToInt(Integer::intValue).toArray();
        };
    try {
      DecodingBatch.requireUsable(model.weights(), tokens);
    } catch (TroupeException e) {
      throw new RefusedException(Refusal.field("prompt", String.valueOf(e.getMessage())));
    }
    return tokens;
  }

  private Answer answer(CompletionRequest request, Connection connection, List<int[]> prompts) {
    CompletionForm form = CompletionForm.of(model);
    long promptTokens = prompts.stream().mapToLong(prompt -> prompt.length).sum();
    if (!request.stream()) {
      return new WholeAnswer(form, connection, request.texts(), promptTokens);
    }
    int each = Math.min(request.maxTokens(), model.weights().maxPositions());
    return new StreamedAnswer(
        system,
        form,
        connection,
        request.streamUsage(),
        request.texts(),
        promptTokens,
        (long) request.texts() * each);
  }

  private List<TextEngine.Wanted> texts(
      CompletionRequest request, List<int[]> prompts, Answer answer) {
    long seed = request.seed().orElseGet(() -> new SplittableRandom().nextLong());
    List<TextEngine.Wanted> texts = new ArrayList<>();
    for (int i = 0; i < prompts.size(); i++) {
      int[] prompt = prompts.get(i);
      String beginning = request.echo() ? shown(request.prompts().get(i), prompt) : "";
      for (int sample = 0; sample < request.samples(); sample++) {
        int index = texts.size();
        texts.add(
            new TextEngine.Wanted(
                new Continuation(prompt, request.maxTokens(), request.sampling(), seed, index),
                request.stops(),
                answer.caller(index, beginning)));
      }
    }
    return texts;
  }

  private String shown(Prompt prompt, int[] tokens) {
    return switch (prompt) {
      case Prompt.Text text -> text.text();
      case Prompt.Tokens _ -> model.tokenizer().decode(tokens);
    };
  }
}
