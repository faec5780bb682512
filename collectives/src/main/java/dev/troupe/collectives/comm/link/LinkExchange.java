package dev.troupe.collectives.comm.link;

import dev.troupe.collectives.comm.ReduceOp;
import dev.troupe.collectives.comm.call.Call;
import dev.troupe.collectives.comm.call.Signature;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** One rank's work in collectives, once its links are there. Used by the rank's thread. */
final class LinkExchange {
  private final String group;
  private final int rank;
  private final LinkSlot[] slots;
  private final @Nullable Traffic[] traffics;
  private final Reduction reduction;
  private final Watch watch;
  private final Duration stall;

  /** All slots but this rank's own hold a link; memory is allocated from the arena. */
  LinkExchange(String group, int rank, LinkSlot[] slots, Arena arena, Watch watch, Duration stall) {
    this.group = group;
    this.rank = rank;
    this.slots = slots;
    this.watch = watch;
    this.stall = stall;
    this.reduction = new Reduction(rank, slots.length, arena);
    this.traffics = new Traffic[slots.length];
    for (int peer = 0; peer < slots.length; peer++) {
      Link link = slots[peer].link();
      traffics[peer] = link == null ? null : new Traffic(peer, link, reduction, arena);
    }
  }

  /** A step of all or some traffics; whether anything moved. */
  private interface Step {
    boolean run(Traffic traffic, int peer);
  }

  private interface Goal {
    boolean isReached(Traffic traffic);
  }

  /**
   * Performs collective {@code number}.
   *
   * @throws DisagreementException when the ranks' calls differ; the links are usable then
   */
  void perform(Call call, long number) {
    Shares shares = new Shares(call.signature(), slots.length);
    Header own = Header.of(call.signature(), number);
    reduction.clear();
    each(
        (traffic, peer) -> {
          traffic.begin(own, call.send(), shares.firstStart(peer), shares.first(rank, peer));
          return true;
        });
    pump((traffic, peer) -> traffic.open(slots[peer].peer()), traffic -> traffic.header() != null);
    requireAgreement(own);
    if (call.signature().kind() != Signature.Kind.BARRIER) {
      lay(call, shares);
    }
    pump((traffic, peer) -> traffic.send() | traffic.receive(), Traffic::isDone);
  }

  /**
   * Gives {@code data} to a peer, or takes it from there.
   *
   * @param own says which, and how much
   * @throws DisagreementException when the sides do not fit; the links are usable then
   */
  void message(int peer, Header own, MemorySegment data) {
    Traffic traffic = traffics[peer];
    if (traffic == null) {
      throw new AssertionError("no link to rank " + peer);
    }
    reduction.clear();
    traffic.begin(own, MemorySegment.NULL, 0, 0);
    pump(peer, (one, at) -> one.open(slots[peer].peer()), Traffic::isOpened);
    Header other = traffic.header();
    if (other == null
        || other.number() != own.number()
        || other.code() != (own.code() == Header.SEND ? Header.RECV : Header.SEND)) {
      throw outOfStep(peer, own, other);
    }
    if (other.type() != own.type() || other.count() != own.count()) {
      Header send = own.code() == Header.SEND ? own : other;
      Header recv = own.code() == Header.SEND ? other : own;
      throw new DisagreementException(
          "send of %d bytes of %s meets recv of %d bytes of %s"
              .formatted(
                  send.count() * send.type().bytes(),
                  send.type(),
                  recv.count() * recv.type().bytes(),
                  recv.type()));
    }
    Part part = own.code() == Header.SEND ? traffic.firstOut() : traffic.firstIn();
    part.set(data, 0, data.byteSize());
    pump(peer, (one, at) -> one.send() | one.receive(), Traffic::isDone);
  }

  private void requireAgreement(Header own) {
    List<Header> headers = new ArrayList<>();
    for (int peer = 0; peer < slots.length; peer++) {
      Traffic traffic = traffics[peer];
      Header header = traffic == null ? own : traffic.header();
      if (header == null || !header.isCollective() || header.number() != own.number()) {
        throw outOfStep(peer, own, header);
      }
      headers.add(header);
    }
    for (int peer = 1; peer < slots.length; peer++) {
      if (!headers.get(peer).equals(headers.getFirst())) {
        dismiss(headers);
        throw new DisagreementException(
            "ranks of group %s disagree: rank 0 calls %s, rank %d calls %s"
                .formatted(
                    group, headers.getFirst().describe(), peer, headers.get(peer).describe()));
      }
    }
  }

  private void dismiss(List<Header> headers) {
    each(
        (traffic, peer) -> {
          Shares shares = new Shares(headers.get(peer).signature(), slots.length);
          traffic.dismiss(shares.first(peer, rank));
          return true;
        });
    pump((traffic, peer) -> traffic.send() | traffic.receive(), Traffic::isDone);
  }

  private IllegalStateException outOfStep(int peer, Header own, @Nullable Header other) {
    return new IllegalStateException(
        "ranks of group %s are out of step: rank %d calls %s (number %d), rank %d calls %s (number %d)"
            .formatted(
                group,
                rank,
                own.describe(),
                own.number(),
                peer,
                other == null ? "nothing" : other.describe(),
                other == null ? 0 : other.number()));
  }

  /** Says where what comes goes, and copies what does not travel. */
  private void lay(Call call, Shares shares) {
    MemorySegment send = call.send();
    MemorySegment recv = call.recv();
    Signature signature = call.signature();
    switch (signature.kind()) {
      case ALL_REDUCE_SUM -> allReduce(call, shares, ReduceOp.SUM);
      case ALL_REDUCE_MAX -> allReduce(call, shares, ReduceOp.MAX);
      case ALL_REDUCE_MIN -> allReduce(call, shares, ReduceOp.MIN);
      case REDUCE_SCATTER -> reduceScatter(call, shares, slots.length, false);
      case REDUCE_SCATTER_ADD -> reduceScatter(call, shares, signature.argument(), true);
      case ALL_GATHER -> {
        long block = send.byteSize();
        MemorySegment.copy(send, 0, recv, rank * block, block);
        each((traffic, peer) -> receive(traffic.firstIn(), recv, peer * block, block));
      }
      case BROADCAST -> broadcast(recv, shares);
      case ALL_TO_ALL -> {
        long block = shares.block();
        MemorySegment.copy(send, rank * block, recv, rank * block, block);
        each((traffic, peer) -> receive(traffic.firstIn(), recv, peer * block, block));
      }
      case BARRIER -> {}
    }
  }

  private void allReduce(Call call, Shares shares, ReduceOp op) {
    MemorySegment data = call.recv();
    long start = shares.sliceStart(rank);
    reduction.begin(call.signature().type(), op, slots.length, shares.slice(rank));
    reduction.own(data, start);
    reduction.target(data, start, false);
    each(
        (traffic, peer) -> {
          // The peer sends a byte of its result only after it had ours, so nothing is overwritten
          // that is still to be sent.
          traffic.secondOut().set(data, start, shares.slice(rank), reduction);
          return receive(traffic.secondIn(), data, shares.sliceStart(peer), shares.slice(peer));
        });
  }

  private void reduceScatter(Call call, Shares shares, int contributors, boolean adds) {
    reduction.begin(call.signature().type(), ReduceOp.SUM, contributors, shares.block());
    reduction.own(call.send(), rank * shares.block());
    reduction.target(call.recv(), 0, adds);
  }

  /** The root deals out slices, which all others pass on to each other as they come. */
  private void broadcast(MemorySegment data, Shares shares) {
    int root = shares.signature().argument();
    Traffic source = traffics[root];
    if (source == null) {
      return;
    }
    long start = shares.sliceStart(rank);
    receive(source.firstIn(), data, start, shares.slice(rank));
    each(
        (traffic, peer) -> {
          if (peer == root) {
            return true;
          }
          traffic.secondOut().set(data, start, shares.slice(rank), source.firstIn());
          return receive(traffic.secondIn(), data, shares.sliceStart(peer), shares.slice(peer));
        });
  }

  private static boolean receive(Part part, MemorySegment into, long start, long length) {
    part.set(into, start, length);
    return true;
  }

  private boolean each(Step step) {
    boolean moved = false;
    for (int i = 1; i < slots.length; i++) {
      // Every rank begins with its right neighbour, so that not all send to rank 0 first.
      int peer = (rank + i) % slots.length;
      Traffic traffic = traffics[peer];
      if (traffic != null) {
        moved |= step.run(traffic, peer);
      }
    }
    return moved;
  }

  private void pump(Step step, Goal goal) {
    watch.progress();
    while (true) {
      boolean moved = each(step) | reduction.reduce();
      String awaited = awaited(goal);
      if (awaited == null && reduction.isDone()) {
        return;
      }
      pace(moved, awaited);
    }
  }

  private void pump(int peer, Step step, Goal goal) {
    Traffic traffic = traffics[peer];
    watch.progress();
    while (traffic != null && !goal.isReached(traffic)) {
      pace(step.run(traffic, peer), slots[peer].peer());
    }
  }

  private @Nullable String awaited(Goal goal) {
    for (int peer = 0; peer < slots.length; peer++) {
      Traffic traffic = traffics[peer];
      if (traffic != null && !goal.isReached(traffic)) {
        return slots[peer].peer();
      }
    }
    return null;
  }

  private void pace(boolean moved, @Nullable String awaited) {
    if (moved) {
      watch.progress();
    } else if (!watch.idle(stall)) {
      throw new LinkException(
          "nothing came from %s for %s s".formatted(awaited, stall.toMillis() / 1e3));
    }
  }
}
