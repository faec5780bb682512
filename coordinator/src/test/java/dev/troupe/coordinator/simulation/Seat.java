package dev.troupe.coordinator.simulation;

import dev.troupe.coordinator.journal.Acceptor;
import dev.troupe.coordinator.journal.Proposer;
import dev.troupe.proto.message.KeeperState;

/** A control node: a process that may coordinate, and a keeper of the journal with its disk. */
final class Seat {
  private final World world;
  private final String name;
  private final int host;
  private Process process;
  private Acceptor acceptor;

  Seat(World world, String name, int host) {
    this.world = world;
    this.name = name;
    this.host = host;
    this.process = new Process(world.time, name, host);
    this.acceptor = Acceptor.fresh(name);
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
        Acceptor next =
            acceptor.accept(proposer, write.sequence(), write.record(), write.keepers());
        acceptor = world.mutation.accepted(acceptor, next, proposer, write);
      }
    }
    return acceptor.state();
  }
}
