package dev.troupe.coordinator.simulation;

import static dev.troupe.coordinator.simulation.VirtualTime.MILLISECOND;

import dev.troupe.coordinator.journal.Proposer;
import dev.troupe.proto.message.JournalRecord;
import dev.troupe.proto.message.KeeperState;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Objects;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** The journal of one coordinator: the production proposer, over the model network. */
final class SimJournal {
  private static final long AGAIN = 150 * MILLISECOND;

  private record Append(long number, Consumer<Boolean> done) {}

  private final World world;
  private final Process process;
  private final String name;
  private final List<Seat> seats;
  private final Proposer proposer;
  private final Deque<Append> appends = new ArrayDeque<>();
  private @Nullable Consumer<JournalRecord> opened;
  private boolean closed;
  private long anyHas;

  SimJournal(World world, Process process, String name, List<Seat> seats) {
    this.world = world;
    this.process = process;
    this.name = name;
    this.seats = seats;
    this.proposer = new Proposer(name, seats.size());
  }

  void open(Consumer<JournalRecord> whenOpen) {
    opened = whenOpen;
    again();
  }

  void append(JournalRecord record, Consumer<Boolean> done) {
    appends.add(new Append(proposer.write(record), done));
    send();
    settle();
  }

  void close() {
    closed = true;
  }

  private void again() {
    if (!closed) {
      if (opened != null && world.chance(0.3)) {
        proposer.retry();
      }
      send();
      process.after(AGAIN + world.random.nextInt(50_000_000), this::again);
    }
  }

  private void send() {
    proposer.request().ifPresent(this::send);
  }

  private void send(Proposer.Request request) {
    for (Seat seat : seats) {
      Process keeper = seat.process();
      world.network.send(
          process,
          keeper,
          () -> {
            KeeperState state = seat.answer(name, request);
            world.ledger.kept(seats);
            world.network.send(keeper, process, () -> heard(state));
          });
    }
  }

  private void heard(KeeperState state) {
    if (!closed) {
      boolean read = proposer.record() != null;
      proposer.heard(state);
      if (state.proposer().equals(name) && state.record() != null) {
        anyHas = Math.max(anyHas, state.sequence());
      }
      if (!read && proposer.record() != null) {
        send(); // the record that was read is written at once
      }
      settle();
    }
  }

  private void settle() {
    Consumer<JournalRecord> whenOpen = opened;
    if (whenOpen != null && proposer.isOpen()) {
      opened = null;
      whenOpen.accept(Objects.requireNonNull(proposer.record()));
    }
    while (!closed && !appends.isEmpty()) {
      long number = appends.getFirst().number();
      if (proposer.acknowledged() >= number
          || (anyHas >= number && world.mutation.oneKeeperIsEnough())) {
        appends.removeFirst().done().accept(true);
      } else if (proposer.superseded()) {
        appends.removeFirst().done().accept(world.mutation.ignoresRefusal());
      } else {
        return;
      }
    }
  }
}
