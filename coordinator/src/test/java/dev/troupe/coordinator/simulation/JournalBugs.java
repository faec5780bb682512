package dev.troupe.coordinator.simulation;

import dev.troupe.coordinator.journal.Acceptor;
import dev.troupe.coordinator.journal.Proposer;
import dev.troupe.proto.message.JournalRecord;
import java.util.stream.Stream;

/** Bugs of the journal and of who takes over from it. */
final class JournalBugs {
  private JournalBugs() {}

  static Stream<Planted> all() {
    return Stream.of(
        Planted.of(
            "a record counts when one keeper has it",
            new Mutation() {
              @Override
              public boolean oneKeeperIsEnough() {
                return true;
              }
            },
            Invariant.I1,
            Invariant.I3),
        Planted.of("a superseded coordinator commits", new Zombie(), Invariant.I9, Invariant.I3),
        Planted.of(
            "a successor names an epoch that was there before",
            opened(
                record ->
                    new JournalRecord(
                        record.term(),
                        Math.max(0, record.epoch() - 1),
                        record.committed(),
                        record.committedIn(),
                        record.last(),
                        record.nodes(),
                        record.stop(),
                        record.meshNodes())),
            Invariant.I3),
        Planted.of(
            "a successor commits the last step once more",
            opened(
                record ->
                    new JournalRecord(
                        record.term(),
                        record.epoch(),
                        Math.max(0, record.committed() - 1),
                        record.committedIn(),
                        record.last(),
                        record.nodes(),
                        record.stop(),
                        record.meshNodes())),
            Invariant.I1,
            Invariant.I2));
  }

  private interface Reading {
    JournalRecord read(JournalRecord record);
  }

  private static Mutation opened(Reading reading) {
    return new Mutation() {
      @Override
      public JournalRecord opened(JournalRecord right) {
        return right.term() == 1 ? right : reading.read(right);
      }
    };
  }

  /** Keepers take what comes, and a refusal is not minded. */
  private static final class Zombie implements Mutation {
    @Override
    public Acceptor accepted(
        Acceptor before, Acceptor right, String proposer, Proposer.Write write) {
      return write.record().term() < before.promised() && write.keepers().contains(before.name())
          ? new Acceptor(
              before.name(),
              before.promised(),
              before.proposer(),
              write.sequence(),
              write.record(),
              write.keepers())
          : right;
    }

    @Override
    public boolean ignoresRefusal() {
      return true;
    }
  }
}
