package dev.troupe.deploy.cluster;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import dev.troupe.proto.message.CoordinatorCommand;
import dev.troupe.proto.message.RequestStop;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.stream.Collectors;
import java.util.stream.StreamSupport;
import org.apache.pekko.actor.Address;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.ActorRefResolver;
import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.apache.pekko.cluster.MemberStatus;
import org.apache.pekko.cluster.typed.Cluster;
import org.apache.pekko.cluster.typed.Join;
import org.jspecify.annotations.Nullable;

/** An actor system whose first actor writes down what it is told. */
final class Member implements AutoCloseable {
  private static final long LIMIT_SECONDS = 20;

  final ActorSystem<CoordinatorCommand> system;
  private final BlockingQueue<CoordinatorCommand> heard;

  private Member(ActorSystem<CoordinatorCommand> system, BlockingQueue<CoordinatorCommand> heard) {
    this.system = system;
    this.heard = heard;
  }

  static Member start(Config config) {
    BlockingQueue<CoordinatorCommand> heard = new LinkedBlockingQueue<>();
    // Tests end members at once, not politely.
    Config quick =
        ConfigFactory.parseString("pekko.coordinated-shutdown.run-by-actor-system-terminate = off")
            .withFallback(config);
    return new Member(
        ActorSystem.create(
            Behaviors.<CoordinatorCommand>receiveMessage(
                message -> {
                  heard.add(message);
                  return Behaviors.same();
                }),
            "troupe",
            quick),
        heard);
  }

  Address address() {
    return cluster().selfMember().address();
  }

  private Cluster cluster() {
    return Cluster.get(system);
  }

  void join(Address seed) {
    cluster().manager().tell(Join.create(seed));
  }

  /** The addresses of the members that it sees as up. */
  Set<Address> up() {
    return StreamSupport.stream(cluster().state().getMembers().spliterator(), false)
        .filter(member -> member.status().equals(MemberStatus.up()))
        .map(org.apache.pekko.cluster.Member::address)
        .collect(Collectors.toSet());
  }

  /** All addresses that it knows of in whatever state. */
  Set<Address> known() {
    return StreamSupport.stream(cluster().state().getMembers().spliterator(), false)
        .map(org.apache.pekko.cluster.Member::address)
        .collect(Collectors.toSet());
  }

  /** Another member's first actor, addressed from here. */
  ActorRef<CoordinatorCommand> ref(Member other) {
    return ActorRefResolver.get(system)
        .resolveActorRef(
            ActorRefResolver.get(other.system).toSerializationFormat(other.system.unsafeUpcast()));
  }

  void tell(Member other, String reason) {
    ref(other).tell(new RequestStop(reason));
  }

  /** The next message, or null after a while. */
  @Nullable CoordinatorCommand next() throws InterruptedException {
    return heard.poll(LIMIT_SECONDS, TimeUnit.SECONDS);
  }

  /** The reasons heard so far that nobody has taken. */
  boolean heardNothing() {
    return heard.isEmpty();
  }

  static void await(String what, BooleanSupplier condition) {
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(LIMIT_SECONDS);
    while (!condition.getAsBoolean()) {
      if (System.nanoTime() > end) {
        throw new AssertionError("never: " + what);
      }
      Thread.onSpinWait();
      java.util.concurrent.locks.LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(10));
    }
  }

  @Override
  public void close() {
    system.terminate();
    try {
      system.getWhenTerminated().toCompletableFuture().get(LIMIT_SECONDS, TimeUnit.SECONDS);
    } catch (Exception late) {
      throw new AssertionError("an actor system did not end", late);
    }
  }
}
