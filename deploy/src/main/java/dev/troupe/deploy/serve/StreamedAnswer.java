package dev.troupe.deploy.serve;

import com.google.gson.JsonObject;
import dev.troupe.infer.FinishReason;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.apache.pekko.NotUsed;
import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.http.javadsl.model.HttpResponse;
import org.apache.pekko.japi.Pair;
import org.apache.pekko.stream.BoundedSourceQueue;
import org.apache.pekko.stream.javadsl.Source;
import org.apache.pekko.util.ByteString;

/**
 * Server-sent events: a piece of a text in each, as it comes, and {@code [DONE]} at the end.
 *
 * <p>The engine never waits for a slow caller: what it has generated is kept, which is no more than
 * was asked for.
 */
final class StreamedAnswer implements Answer {
  private static final int EVENTS_BESIDE_TOKENS = 4;
  private static final String DONE = "[DONE]";

  private final CompletionForm form;
  private final Connection connection;
  private final boolean usage;
  private final int texts;
  private final long promptTokens;
  private final BoundedSourceQueue<ByteString> queue;
  private final Source<ByteString, NotUsed> events;
  private volatile boolean open = true;
  private int complete;
  private long tokens;

  /**
   * A stream without any event yet.
   *
   * @param usage whether it ends with the number of tokens
   * @param texts how many there will be
   * @param promptTokens of all prompts together
   * @param mostTokens of all texts together
   */
  StreamedAnswer(
      ActorSystem<?> system,
      CompletionForm form,
      Connection connection,
      boolean usage,
      int texts,
      long promptTokens,
      long mostTokens) {
    this.form = form;
    this.connection = connection;
    this.usage = usage;
    this.texts = texts;
    this.promptTokens = promptTokens;
    long events = mostTokens + (long) (texts + 1) * EVENTS_BESIDE_TOKENS;
    Pair<BoundedSourceQueue<ByteString>, Source<ByteString, NotUsed>> made =
        Source.<ByteString>queue(Math.toIntExact(Math.min(events, Integer.MAX_VALUE)))
            .preMaterialize(system);
    this.queue = made.first();
    this.events = made.second();
  }

  @Override
  public CompletionStage<HttpResponse> response() {
    return CompletableFuture.completedFuture(Replies.events(events));
  }

  @Override
  public TextEngine.Caller caller(int index, String beginning) {
    if (!beginning.isEmpty()) {
      send(form.object(CompletionForm.choice(index, beginning, null)).toString());
    }
    return new TextEngine.Caller() {
      @Override
      public void text(String piece) {
        send(form.object(CompletionForm.choice(index, piece, null)).toString());
      }

      @Override
      public void ended(FinishReason reason, int count) {
        send(form.object(CompletionForm.choice(index, "", reason)).toString());
        tokens += count;
        complete++;
        if (complete == texts) {
          finish();
        }
      }

      @Override
      public boolean wanted() {
        return open && connection.isOpen();
      }

      @Override
      public void refused(Refusal why) {
        send(why.json().toString());
        close();
      }
    };
  }

  private void finish() {
    if (usage) {
      JsonObject last = form.object();
      last.add("usage", CompletionForm.usage(promptTokens, tokens));
      send(last.toString());
    }
    send(DONE);
    close();
  }

  private void send(String data) {
    if (open && !queue.offer(event(data)).isEnqueued()) {
      open = false; // the caller has left
    }
  }

  private static ByteString event(String data) {
    return ByteString.fromString("data: " + data + "\n\n");
  }

  private void close() {
    if (open) {
      open = false;
      queue.complete();
    }
  }
}
