package dev.troupe.coordinator.simulation;

import dev.troupe.coordinator.journal.Acceptor;
import dev.troupe.coordinator.journal.Proposer;
import dev.troupe.proto.message.JournalRecord;
import dev.troupe.proto.message.KeeperState;
import java.util.List;

/** A control node: a process that may coordinate, and a keeper of the journal with its disk. */
final class Seat {
  private final World world;
  private final String name;
  private final int host;
  private Process process;
  private Acceptor acceptor = Acceptor.FRESH;
  private List<String> keepers = List.of();

  Seat(World world, String name, int host) {
    this.world = world;
    this.name = name;
    this.host = host;
    this.process = new Process(world.time, name, host);
  }

  String name() {
    return name;
  }

  int host() {
    return host;
  }

  Process process() {
    return process;
  }

  /** The last record on its disk. */
  Acceptor acceptor() {
    return acceptor;
  }

  /** Starts again after its process was killed; the disk is as it was. */
  void restart() {
    if (process.dead()) {
      process = new Process(world.time, name, host);
    }
  }

  /** Does what a proposer asks for and answers with the state afterwards. */
  KeeperState answer(String proposer, Proposer.Request request) {
    switch (request) {
      case Proposer.AskPromise ask -> acceptor = acceptor.promise(ask.term(), proposer);
      case Proposer.Write write -> {
        if (write.keepers().contains(name)) {
          keepers = write.keepers();
          boolean join = write.joining().contains(name);
          Acceptor next =
              acceptor.accept(proposer, write.sequence(), write.record(), keepers, join);
          acceptor = world.mutation.accepted(acceptor, next, proposer, write);
        }
      }
    }
    JournalRecord record = acceptor.record();
    return new KeeperState(
        name,
        acceptor.promised(),
        acceptor.proposer(),
        acceptor.sequence(),
        record,
        record == null ? List.of() : keepers);
  }
}
