package dev.troupe.deploy.launch;

import com.typesafe.config.Config;
import dev.troupe.deploy.cluster.ClusterConfig;
import dev.troupe.proto.error.TroupeException;
import dev.troupe.proto.message.AgentCommand;
import dev.troupe.proto.message.CoordinatorCommand;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;
import org.apache.pekko.actor.Address;
import org.apache.pekko.actor.AddressFromURIString;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.cluster.typed.Cluster;
import org.apache.pekko.cluster.typed.JoinSeedNodes;

/**
 * This process as a member of the cluster. It joins, and once it is a member it knows the way to
 * the coordinator, wherever that runs. Thread-safe.
 */
final class ClusterSystem implements AutoCloseable {
  /** Role of members that may run the coordinator. */
  static final String CONTROL = ClusterConfig.CONTROL;

  /** Before a node's name, the role that tells it. */
  static final String NODE = "node=";

  /** Name of the actor system of every member. */
  static final String NAME = "troupe";

  private static final Duration END_LIMIT = Duration.ofSeconds(10);

  private final ActorSystem<MemberActor.Command> system;
  private final CompletableFuture<ActorRef<CoordinatorCommand>> up;
  private final CompletableFuture<String> lost;

  private ClusterSystem(
      ActorSystem<MemberActor.Command> system,
      CompletableFuture<ActorRef<CoordinatorCommand>> up,
      CompletableFuture<String> lost) {
    this.system = system;
    this.up = up;
    this.lost = lost;
  }

  /**
   * Starts the actor system; {@link #join} makes it a member.
   *
   * @param config Pekko's whole configuration
   * @param control what this member has to do with coordinating
   * @throws TroupeException of category resource where its port is taken
   */
  static ClusterSystem start(Config config, MemberActor.Control control) {
    CompletableFuture<ActorRef<CoordinatorCommand>> up = new CompletableFuture<>();
    CompletableFuture<String> lost = new CompletableFuture<>();
    try {
      ActorSystem<MemberActor.Command> system =
          ActorSystem.create(MemberActor.create(control, up, lost), NAME, config);
      return new ClusterSystem(system, up, lost);
    } catch (RuntimeException e) {
      throw cannotListen(config, e);
    }
  }

  private static RuntimeException cannotListen(Config config, RuntimeException failure) {
    String text = String.valueOf(failure.getMessage()) + failure.getCause();
    if (!text.contains("bind") && !text.contains("Bind")) {
      return failure;
    }
    return TroupeException.resource(
        "cluster.host=%s cluster.port=%d cannot be listened on (%s); choose an address of this machine and a free port"
            .formatted(
                config.getString("pekko.remote.artery.canonical.hostname"),
                config.getInt("pekko.remote.artery.canonical.port"),
                failure.getMessage()));
  }

  /** Where other members reach this one: {@code host:port}. */
  String address() {
    Address address = Cluster.get(system).selfMember().address();
    return address.host().get() + ":" + address.port().get();
  }

  /** Joins by the first of {@code seeds} that answers; none: forms a cluster of its own. */
  void join(List<String> seeds) {
    List<String> addresses = seeds.isEmpty() ? List.of(address()) : seeds;
    Cluster.get(system)
        .manager()
        .tell(new JoinSeedNodes(addresses.stream().map(ClusterSystem::parse).toList()));
  }

  private static Address parse(String seed) {
    try {
      return AddressFromURIString.parse("pekko://" + NAME + "@" + seed);
    } catch (RuntimeException e) {
      throw TroupeException.usage("--seed %s is not HOST:PORT".formatted(seed));
    }
  }

  /**
   * Waits until this process is a member.
   *
   * @return the way to the coordinator
   * @throws TroupeException of category peer where it is not within {@code limit}
   */
  ActorRef<CoordinatorCommand> awaitUp(List<String> seeds, Duration limit) {
    try {
      return up.get(limit.toMillis(), TimeUnit.MILLISECONDS);
    } catch (TimeoutException e) {
      throw TroupeException.peer(
          "no answer from %s within %d s. Is a node running there, can this one be reached at %s, and do both have the same cluster.transport and cluster.secret-file? A node that refuses this one says so in its log."
              .formatted(String.join(", ", seeds), limit.toSeconds(), address()));
    } catch (ExecutionException e) {
      throw new IllegalStateException(e.getCause());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted", e);
    }
  }

  /** Starts this node's agent, which is given the way to the coordinator. */
  void startAgent(Function<ActorRef<CoordinatorCommand>, Behavior<AgentCommand>> agent) {
    system.tell(new MemberActor.StartAgent(agent));
  }

  /** The process of a node is gone for sure: nobody need wait for a sign of life of it. */
  void gone(String node) {
    system.tell(new MemberActor.Gone(node));
  }

  /**
   * Completes, with a sentence for people, when this process is no member any more, or nobody can
   * coordinate.
   */
  CompletionStage<String> onLost() {
    return lost.minimalCompletionStage();
  }

  ActorSystem<?> system() {
    return system;
  }

  /** Leaves the cluster and ends the actors. */
  @Override
  public void close() {
    system.terminate();
    try {
      system
          .getWhenTerminated()
          .toCompletableFuture()
          .get(END_LIMIT.toMillis(), TimeUnit.MILLISECONDS);
    } catch (TimeoutException | ExecutionException e) {
      system.log().warn("the actors did not end in time");
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
