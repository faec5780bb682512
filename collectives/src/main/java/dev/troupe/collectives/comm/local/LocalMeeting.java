package dev.troupe.collectives.comm.local;

import dev.troupe.collectives.comm.call.Call;
import dev.troupe.collectives.comm.call.Exchange;
import dev.troupe.collectives.comm.call.Meeting;
import dev.troupe.collectives.comm.local.Mailboxes.Letter;
import dev.troupe.collectives.device.DataType;
import dev.troupe.collectives.device.cpu.Backoff;
import dev.troupe.collectives.mesh.ProcessGroup;
import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;

/** One rank's view of a {@link LocalGroup}: its part is done over everyone's buffers. */
final class LocalMeeting implements Meeting {
  private final LocalGroup group;
  private final int rank;
  private final Exchange exchange;
  private final Call[] sides;
  private final Backoff backoff = new Backoff();
  private final Runnable onClose;

  /**
   * Creates the view of one rank.
   *
   * @param rank index in the group
   * @param onClose called once, when this end is closed
   */
  LocalMeeting(LocalGroup group, int rank, Runnable onClose) {
    this.group = group;
    this.rank = rank;
    this.exchange = new Exchange(rank, group.size());
    this.sides = new Call[group.size()];
    this.onClose = onClose;
  }

  @Override
  public ProcessGroup group() {
    return group.group();
  }

  @Override
  public int rank() {
    return rank;
  }

  @Override
  public void publish(long number, Call call) {
    group.publish(rank, number, call);
  }

  @Override
  public void awaitPublished(long number) {
    group.awaitPublished(rank, number, backoff, sides);
  }

  @Override
  public void perform(long number) {
    exchange.perform(sides);
    group.finish(rank, number);
    group.awaitFinished(rank, number, backoff);
  }

  @Override
  public void send(DataType type, MemorySegment data, int peer) {
    Letter letter = new Letter(type, data);
    group.mailboxes().put(rank, peer, letter);
    group.await(peer, backoff, letter::isAnswered);
    letter.requireTaken();
  }

  @Override
  public void recv(DataType type, MemorySegment data, int peer) {
    group.await(peer, backoff, () -> group.mailboxes().hasLetter(peer, rank));
    Letter letter = group.mailboxes().remove(peer, rank);
    try {
      letter.take(type, data);
    } catch (RuntimeException | Error e) {
      throw failed(e);
    }
    letter.requireTaken();
  }

  @Override
  public void abort(String reason) {
    group.abort(reason);
  }

  @Override
  public @Nullable String abortReason() {
    return group.abortReason();
  }

  @Override
  public void close() {
    onClose.run();
  }
}
