package dev.troupe.coordinator.journal;

import dev.troupe.proto.message.JournalRecord;
import dev.troupe.proto.message.KeeperState;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.TreeMap;

/**
 * Acceptors and proposers over a network that loses, repeats, delays and reorders, all from one
 * seed. Keepers stop and come back with what they had written; proposers die and others start.
 * Every coordinator of it commits the number after the one it read or wrote last, under an epoch
 * that no other write has, and the rules are checked at every answer.
 */
final class LossyRegister {
  private record Letter(int proposer, int acceptor, Proposer.Request request) {}

  private record Answer(int proposer, KeeperState state) {}

  private final class Client {
    final String name = "p" + clients.size();
    final Proposer proposer = new Proposer(name, acceptors.size());
    final Map<Long, JournalRecord> written = new HashMap<>();
    boolean opened;
    long told = -1;

    void act() {
      if (!proposer.isOpen()) {
        proposer.retry();
      } else if (!proposer.superseded() && random.nextInt(3) == 0) {
        JournalRecord last = Objects.requireNonNull(proposer.record());
        JournalRecord next =
            new JournalRecord(
                last.term(), ++writes, last.committed() + 1, 0, null, 0, null, List.of());
        written.put(proposer.write(next), next);
      }
    }
  }

  final Random random;
  private final List<Acceptor> acceptors = new ArrayList<>();
  private final List<Boolean> up = new ArrayList<>();
  private final List<Client> clients = new ArrayList<>();
  private final List<Letter> letters = new ArrayList<>();
  private final List<Answer> answers = new ArrayList<>();
  private final Map<Long, JournalRecord> committed = new HashMap<>();
  private final double loss;

  /** By term, the largest number that its coordinator knows to be committed. */
  private final TreeMap<Long, Long> newest = new TreeMap<>();

  private long writes;

  LossyRegister(long seed, int size, double loss) {
    this.random = new Random(seed);
    this.loss = loss;
    for (int i = 0; i < size; i++) {
      acceptors.add(Acceptor.fresh("a" + i));
      up.add(true);
    }
    clients.add(new Client());
  }

  /** The largest committed number. */
  long newest() {
    return newest.values().stream().max(Long::compare).orElse(0L);
  }

  int opened() {
    return (int) clients.stream().filter(client -> client.opened).count();
  }

  void run(int moves) {
    for (int move = 0; move < moves; move++) {
      switch (random.nextInt(100)) {
        case 0 -> clients.add(new Client());
        case 1 -> up.set(random.nextInt(up.size()), random.nextInt(3) > 0);
        case 2, 3, 4, 5, 6, 7, 8, 9 -> send(random.nextInt(clients.size()));
        case 10, 11, 12, 13, 14, 15 -> send(clients.size() - 1);
        default -> deliver();
      }
    }
  }

  private void send(int client) {
    clients.get(client).act();
    clients
        .get(client)
        .proposer
        .request()
        .ifPresent(
            request -> {
              for (int i = 0; i < acceptors.size(); i++) {
                letters.add(new Letter(client, i, request));
              }
            });
  }

  private void deliver() {
    if (!letters.isEmpty() && random.nextBoolean()) {
      Letter letter = take(letters);
      if (random.nextDouble() >= loss && up.get(letter.acceptor())) {
        answers.add(new Answer(letter.proposer(), ask(letter)));
      }
    } else if (!answers.isEmpty()) {
      Answer answer = take(answers);
      if (random.nextDouble() >= loss) {
        clients.get(answer.proposer()).proposer.heard(answer.state());
        check(clients.get(answer.proposer()));
      }
    }
  }

  /** Any of them, and now and then it comes again. */
  private <T> T take(List<T> list) {
    int index = random.nextInt(list.size());
    return random.nextInt(10) == 0 ? list.get(index) : list.remove(index);
  }

  private KeeperState ask(Letter letter) {
    String who = clients.get(letter.proposer()).name;
    Acceptor before = acceptors.get(letter.acceptor());
    Acceptor after =
        switch (letter.request()) {
          case Proposer.AskPromise ask -> before.promise(ask.term(), who);
          case Proposer.Write write ->
              before.accept(who, write.sequence(), write.record(), write.keepers());
        };
    acceptors.set(letter.acceptor(), after);
    return after.state();
  }

  private void check(Client client) {
    Proposer proposer = client.proposer;
    if (!proposer.isOpen()) {
      return;
    }
    if (!client.opened) {
      client.opened = true;
      client.told = 0;
      JournalRecord read = Objects.requireNonNull(proposer.record());
      long before = newest.headMap(read.term()).values().stream().max(Long::compare).orElse(0L);
      require(read.committed() >= before, client.name + " read " + read + " after " + before);
      JournalRecord known = committed.get(read.committed());
      require(known == null || known.epoch() == read.epoch(), read + " is not " + known);
      settle(read);
    }
    for (long number = client.told + 1; number <= proposer.acknowledged(); number++) {
      settle(Objects.requireNonNull(client.written.get(number)));
    }
    client.told = Math.max(client.told, proposer.acknowledged());
  }

  /** What one coordinator was told is kept, or has read, is that step for ever. */
  private void settle(JournalRecord record) {
    JournalRecord known = committed.putIfAbsent(record.committed(), record);
    require(
        known == null || known.epoch() == record.epoch(),
        "step %d is both %s and %s".formatted(record.committed(), known, record));
    newest.merge(record.term(), record.committed(), Math::max);
  }

  private static void require(boolean holds, String otherwise) {
    if (!holds) {
      throw new AssertionError(otherwise);
    }
  }
}
