package dev.troupe.coordinator.journal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.troupe.proto.message.JournalRecord;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class ProposerTest {
  private Acceptor a = Acceptor.fresh("a");
  private Acceptor b = Acceptor.fresh("b");
  private Acceptor c = Acceptor.fresh("c");

  private static Acceptor ask(Acceptor acceptor, String who, Proposer proposer) {
    return switch (proposer.request().orElseThrow()) {
      case Proposer.AskPromise ask -> acceptor.promise(ask.term(), who);
      case Proposer.Write write ->
          acceptor.accept(who, write.sequence(), write.record(), write.keepers());
    };
  }

  private void askAll(String who, Proposer proposer) {
    askTwo(who, proposer);
    c = ask(c, who, proposer);
    proposer.heard(c.state());
  }

  /** All but c; the request is the one of the moment for both. */
  private void askTwo(String who, Proposer proposer) {
    a = ask(a, who, proposer);
    b = ask(b, who, proposer);
    proposer.heard(a.state());
    proposer.heard(b.state());
  }

  private Proposer opened(String who) {
    Proposer proposer = new Proposer(who, 3);
    for (int i = 0; i < 5 && !proposer.isOpen(); i++) {
      askAll(who, proposer);
      proposer.retry();
    }
    return proposer;
  }

  @Test
  void shouldNeverCommitTwoRecordsForOneStepWhateverTheNetworkDoes() {
    long steps = 0;
    long terms = 0;
    for (long seed = 0; seed < 1_000; seed++) {
      LossyRegister register = new LossyRegister(seed, seed % 4 == 0 ? 5 : 3, 0.05 * (seed % 5));
      try {
        register.run(3_000);
      } catch (AssertionError failed) {
        throw new AssertionError("seed " + seed, failed);
      }
      steps += register.newest();
      terms += register.opened();
    }
    assertTrue(steps > 3_000, "committed too little to mean anything: " + steps);
    assertTrue(terms > 3_000, "opened too rarely to mean anything: " + terms);
  }

  @Test
  void shouldNotBeginARunBeforeAllControlNodesAreThere() {
    Proposer proposer = new Proposer("p", 3);
    askTwo("p", proposer);
    assertInstanceOf(Proposer.AskPromise.class, proposer.request().orElseThrow());
    askAll("p", proposer);
    askAll("p", proposer);
    assertTrue(proposer.isOpen());
    assertEquals(JournalRecord.first(0).withTerm(1), proposer.record());
    assertEquals(Optional.empty(), proposer.request());
  }

  @Test
  void shouldGoOnWithTwoOfThree() {
    Proposer first = opened("p");
    JournalRecord last = new JournalRecord(1, 4, 12, 0, null, 0, null, List.of("n"));
    assertEquals(1, first.write(last));
    askTwo("p", first);
    assertEquals(1, first.acknowledged());
    Proposer second = new Proposer("q", 3);
    askTwo("q", second);
    second.retry();
    askTwo("q", second);
    askTwo("q", second);
    assertTrue(second.isOpen());
    assertEquals(last.withTerm(2), second.record());
    assertFalse(first.superseded(), "it has not heard of it");
    first.write(last);
    askTwo("p", first);
    assertTrue(first.superseded());
    assertEquals(1, first.acknowledged());
    assertEquals(Optional.empty(), first.request());
  }

  /** It may have promised and accepted anything. */
  @Test
  void shouldNotCountAKeeperThatLostItsDisk() {
    Proposer first = opened("p");
    first.write(new JournalRecord(1, 1, 7, 0, null, 0, null, List.of()));
    askAll("p", first);
    b = Acceptor.fresh("b2");
    c = Acceptor.fresh("c2");
    Proposer second = opened("q");
    assertFalse(second.isOpen(), "one of three is no majority");
    b = a;
    assertFalse(second.isOpen());
  }

  @Test
  void shouldNotBeStoppedByAKeeperThatPromisedAnotherWhoGotNoMajority() {
    Proposer proposer = opened("p");
    c = c.promise(9, "q");
    proposer.write(new JournalRecord(1, 1, 1, 0, null, 0, null, List.of()));
    askAll("p", proposer);
    assertFalse(proposer.superseded());
    assertEquals(1, proposer.acknowledged());
  }
}
