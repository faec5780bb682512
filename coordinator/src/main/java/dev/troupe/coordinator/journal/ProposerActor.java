package dev.troupe.coordinator.journal;

import dev.troupe.proto.message.JournalRecord;
import dev.troupe.proto.message.JournalRequest;
import dev.troupe.proto.message.KeepRecord;
import dev.troupe.proto.message.KeeperState;
import dev.troupe.proto.message.PromiseTerm;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Consumer;
import org.apache.pekko.actor.NoSerializationVerificationNeeded;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.PostStop;
import org.apache.pekko.actor.typed.javadsl.AbstractBehavior;
import org.apache.pekko.actor.typed.javadsl.ActorContext;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.apache.pekko.actor.typed.javadsl.Receive;
import org.apache.pekko.actor.typed.javadsl.TimerScheduler;
import org.jspecify.annotations.Nullable;

/** A {@link Proposer} with messages and time: sends, repeats what is not answered, completes. */
final class ProposerActor extends AbstractBehavior<ProposerActor.Message> {

  /** What the actor receives. */
  sealed interface Message extends NoSerializationVerificationNeeded {}

  /** See {@link Journal#open}. */
  record Open(CompletableFuture<JournalRecord> opened) implements Message {}

  /** See {@link Journal#append}. */
  record Append(JournalRecord record, CompletableFuture<Boolean> kept) implements Message {}

  /** See {@link Journal#close}. */
  record Close() implements Message {}

  private record Heard(KeeperState state) implements Message {}

  private record Repeat() implements Message {}

  private record Waiting(long number, CompletableFuture<Boolean> kept) {}

  private static final Duration FIRST_REPEAT = Duration.ofMillis(100);
  private static final Duration LAST_REPEAT = Duration.ofSeconds(1);

  /** About ten seconds. */
  private static final int WARN_EVERY = 10;

  private final int size;
  private final Consumer<JournalRequest> keepers;
  private final TimerScheduler<Message> timers;
  private final ActorRef<KeeperState> answers;
  private final String name = UUID.randomUUID().toString();
  private final Proposer proposer;
  private final Deque<Waiting> waiting = new ArrayDeque<>();
  private @Nullable CompletableFuture<JournalRecord> opening;
  private Optional<Proposer.Request> sent = Optional.empty();
  private Duration repeat = FIRST_REPEAT;
  private int repeats;

  static Behavior<Message> create(int size, Consumer<JournalRequest> keepers) {
    return Behaviors.setup(
        context ->
            Behaviors.withTimers(timers -> new ProposerActor(context, timers, size, keepers)));
  }

  private ProposerActor(
      ActorContext<Message> context,
      TimerScheduler<Message> timers,
      int size,
      Consumer<JournalRequest> keepers) {
    super(context);
    this.timers = timers;
    this.keepers = keepers;
    this.size = size;
    this.proposer = new Proposer(name, size);
    this.answers = context.messageAdapter(KeeperState.class, Heard::new);
  }

  @Override
  public Receive<Message> createReceive() {
    return newReceiveBuilder()
        .onMessage(Open.class, this::onOpen)
        .onMessage(Append.class, this::onAppend)
        .onMessage(Heard.class, this::onHeard)
        .onMessage(Repeat.class, repeat -> onRepeat())
        .onMessage(Close.class, close -> Behaviors.stopped())
        .onSignal(PostStop.class, signal -> onStopped())
        .build();
  }

  private Behavior<Message> onOpen(Open open) {
    opening = open.opened();
    sendIfNew();
    return this;
  }

  private Behavior<Message> onAppend(Append append) {
    if (proposer.superseded()) {
      append.kept().complete(false);
      return this;
    }
    waiting.add(new Waiting(proposer.write(append.record()), append.kept()));
    sendIfNew();
    return this;
  }

  private Behavior<Message> onHeard(Heard heard) {
    proposer.heard(heard.state());
    complete();
    sendIfNew();
    return this;
  }

  private void complete() {
    if (opening != null && proposer.isOpen()) {
      opening.complete(proposer.record());
      opening = null;
    }
    while (!waiting.isEmpty() && waiting.getFirst().number() <= proposer.acknowledged()) {
      waiting.removeFirst().kept().complete(true);
    }
    if (proposer.isOpen() && proposer.superseded()) {
      waiting.forEach(each -> each.kept().complete(false));
      waiting.clear();
    }
  }

  private Behavior<Message> onRepeat() {
    repeats++;
    if (repeats % WARN_EVERY == 0 && (opening != null || !waiting.isEmpty())) {
      getContext()
          .getLog()
          .warn(
              "the run waits for most of its {} control nodes; of those that keep its journal, too few answer",
              size);
    }
    proposer.retry();
    repeat = min(repeat.multipliedBy(2), LAST_REPEAT);
    send();
    return this;
  }

  private void sendIfNew() {
    if (!proposer.request().equals(sent)) {
      repeat = FIRST_REPEAT;
      repeats = 0;
      send();
    }
  }

  private void send() {
    sent = proposer.request();
    sent.ifPresent(request -> keepers.accept(message(request)));
    if (sent.isPresent() || !proposer.isOpen()) {
      // At random moments: two that take over at once must not overtake each other for ever.
      timers.startSingleTimer(
          new Repeat(), repeat.plusMillis(ThreadLocalRandom.current().nextLong(repeat.toMillis())));
    } else {
      timers.cancel(new Repeat());
    }
  }

  private JournalRequest message(Proposer.Request request) {
    return switch (request) {
      case Proposer.AskPromise ask -> new PromiseTerm(ask.term(), name, answers);
      case Proposer.Write write ->
          new KeepRecord(name, write.sequence(), write.record(), write.keepers(), answers);
    };
  }

  private static Duration min(Duration a, Duration b) {
    return a.compareTo(b) < 0 ? a : b;
  }

  private Behavior<Message> onStopped() {
    IllegalStateException closed = new IllegalStateException("the journal is closed");
    if (opening != null) {
      opening.completeExceptionally(closed);
    }
    waiting.forEach(each -> each.kept().completeExceptionally(closed));
    return this;
  }
}
