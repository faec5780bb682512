package dev.troupe.deploy.serve;

import dev.troupe.infer.Continuation;
import dev.troupe.infer.DecodingBatch;
import dev.troupe.infer.FinishReason;
import dev.troupe.infer.TextListener;
import dev.troupe.infer.TextOfTokens;
import dev.troupe.proto.error.TroupeException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/**
 * One thread that generates the texts that many callers wait for: those that fit into the batch go
 * on together, the others queue, first come, first served. Thread-safe.
 */
final class TextEngine implements AutoCloseable {
  private static final Refusal ENDING = Refusal.unavailable("the server is ending");

  private final ServedModel model;
  private final int capacity;
  private final Deque<Wanted> waiting = new ArrayDeque<>(); // guarded by this
  private final List<Running> running = new ArrayList<>(); // guarded by this
  private final CompletableFuture<Boolean> ended = new CompletableFuture<>();
  private final Thread thread;
  private boolean closed; // guarded by this

  /** Who waits for a text. All but {@link #wanted} is called by the engine's thread. */
  interface Caller extends TextListener {
    @Override
    boolean wanted();

    /** There will be no text, or no more of it. */
    void refused(Refusal why);
  }

  /**
   * A text to be.
   *
   * @param stops texts that end it
   */
  record Wanted(Continuation continuation, List<String> stops, Caller caller) {}

  /**
   * How much there is to do.
   *
   * @param running texts that are being generated
   * @param waiting texts that are not begun
   */
  record Load(int running, int waiting) {}

  /**
   * Starts the thread.
   *
   * @param capacity most texts that wait
   */
  TextEngine(ServedModel model, int capacity) {
    this.model = model;
    this.capacity = capacity;
    this.thread = Thread.ofPlatform().name("text-engine").start(this::run);
  }

  /**
   * Refuses a request for more texts than there is room for.
   *
   * @throws RefusedException where it is one, or the engine has ended
   */
  synchronized void requireRoom(int texts) {
    if (closed) {
      throw new RefusedException(ENDING);
    }
    if (texts > capacity) {
      throw new RefusedException(
          Refusal.request(400, "%d texts; ask for at most %d at once".formatted(texts, capacity)));
    }
    waiting.removeIf(each -> !each.caller().wanted());
    if (waiting.size() + texts > capacity) {
      throw new RefusedException(
          Refusal.busy(
              "%d texts wait and at most %d may; try again later"
                  .formatted(waiting.size(), capacity)));
    }
  }

  /**
   * Queues the texts of one request.
   *
   * @throws RefusedException as {@link #requireRoom}
   */
  synchronized void generate(List<Wanted> texts) {
    requireRoom(texts.size());
    waiting.addAll(texts);
    notifyAll();
  }

  synchronized Load load() {
    return new Load(running.size(), waiting.size());
  }

  /** Completes when the engine has ended: exceptionally where it could not go on. */
  CompletionStage<Boolean> ended() {
    return ended.minimalCompletionStage();
  }

  private void run() {
    try (DecodingBatch batch = new DecodingBatch(model.weights(), model.tokenizer().vocabSize())) {
      while (awaitWork(batch)) {
        enter(batch);
        batch.step();
        forgetLeavers();
      }
      refuseAll(ENDING);
      ended.complete(true);
    } catch (RuntimeException | Error e) {
      refuseAll(Refusal.defect());
      ended.completeExceptionally(e);
    }
  }

  private synchronized boolean awaitWork(DecodingBatch batch) {
    try {
      while (!closed && waiting.isEmpty() && batch.size() == 0) {
        wait();
      }
    } catch (InterruptedException e) {
      closed = true; // nobody but a process that ends interrupts this thread
    }
    return !closed;
  }

  private synchronized void enter(DecodingBatch batch) {
    while (batch.hasRoom() && !waiting.isEmpty()) {
      Wanted next = waiting.getFirst();
      if (next.caller().wanted() && !add(next, batch)) {
        return;
      }
      waiting.removeFirst();
    }
  }

  /** Lets a text enter, or refuses it; false where it must wait for memory. */
  private boolean add(Wanted next, DecodingBatch batch) {
    Running entering = new Running(next.caller());
    try {
      batch.add(next.continuation(), new TextOfTokens(model.tokenizer(), next.stops(), entering));
      running.add(entering);
    } catch (TroupeException e) {
      if (batch.size() > 0) {
        return false; // others will leave and give theirs back
      }
      next.caller().refused(Refusal.unavailable(String.valueOf(e.getMessage())));
    }
    return true;
  }

  private synchronized void forgetLeavers() {
    running.removeIf(each -> !each.wanted());
  }

  private synchronized void refuseAll(Refusal why) {
    closed = true;
    waiting.forEach(each -> each.caller().refused(why));
    waiting.clear();
    running.forEach(each -> each.caller.refused(why));
    running.clear();
  }

  private synchronized void left(Running text) {
    running.remove(text);
  }

  /** A text in the batch. */
  private final class Running implements TextListener {
    private final Caller caller;

    Running(Caller caller) {
      this.caller = caller;
    }

    @Override
    public void text(String piece) {
      caller.text(piece);
    }

    @Override
    public void ended(FinishReason reason, int tokens) {
      left(this);
      caller.ended(reason, tokens);
    }

    @Override
    public boolean wanted() {
      return caller.wanted();
    }
  }

  /** Ends the thread after the step under way. Texts that are not complete are refused. */
  @Override
  public void close() {
    synchronized (this) {
      closed = true;
      notifyAll();
    }
    try {
      thread.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
