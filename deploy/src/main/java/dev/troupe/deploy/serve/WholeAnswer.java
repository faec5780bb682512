package dev.troupe.deploy.serve;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import dev.troupe.infer.FinishReason;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.apache.pekko.http.javadsl.model.HttpResponse;

/** All texts in one piece of JSON, when the last is complete. */
final class WholeAnswer implements Answer {
  private final CompletionForm form;
  private final Connection connection;
  private final long promptTokens;
  private final JsonElement[] choices;
  private final CompletableFuture<HttpResponse> response = new CompletableFuture<>();
  private int complete;
  private long tokens;

  /**
   * An answer without any text yet.
   *
   * @param texts how many there will be
   * @param promptTokens of all prompts together
   */
  WholeAnswer(CompletionForm form, Connection connection, int texts, long promptTokens) {
    this.form = form;
    this.connection = connection;
    this.promptTokens = promptTokens;
    this.choices = new JsonElement[texts];
  }

  @Override
  public CompletionStage<HttpResponse> response() {
    return response;
  }

  @Override
  public TextEngine.Caller caller(int index, String beginning) {
    StringBuilder all = new StringBuilder(beginning);
    return new TextEngine.Caller() {
      @Override
      public void text(String piece) {
        all.append(piece);
      }

      @Override
      public void ended(FinishReason reason, int count) {
        tokens += count;
        choices[index] = CompletionForm.choice(index, all.toString(), reason);
        complete++;
        if (complete == choices.length) {
          JsonObject tree = form.object(choices);
          tree.add("usage", CompletionForm.usage(promptTokens, tokens));
          response.complete(Replies.json(200, tree));
        }
      }

      @Override
      public boolean wanted() {
        return connection.isOpen() && !response.isDone();
      }

      @Override
      public void refused(Refusal why) {
        response.complete(Replies.refused(why));
      }
    };
  }
}
