package dev.troupe.deploy.launch;

import dev.troupe.proto.message.JournalRequest;
import java.util.function.Consumer;
import org.apache.pekko.actor.ActorSelection;
import org.apache.pekko.actor.RootActorPath;
import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.actor.typed.javadsl.Adapter;
import org.apache.pekko.cluster.Member;
import org.apache.pekko.cluster.MemberStatus;
import org.apache.pekko.cluster.typed.Cluster;

/**
 * The way to all nodes that may coordinate, each of which keeps a part of the run's journal. By
 * their place rather than by a directory that has to spread first: a successor needs them at once.
 *
 * @param system this member
 */
record JournalKeepers(ActorSystem<?> system) implements Consumer<JournalRequest> {
  /** Name of the keeper among the guardian's children. */
  static final String NAME = "journal-keeper";

  @Override
  public void accept(JournalRequest request) {
    for (Member member : Cluster.get(system).state().getMembers()) {
      if (member.hasRole(ClusterSystem.CONTROL) && isThere(member.status())) {
        ActorSelection keeper =
            Adapter.toClassic(system)
                .actorSelection(new RootActorPath(member.address(), "/").child("user").child(NAME));
        keeper.tell(request, org.apache.pekko.actor.ActorRef.noSender());
      }
    }
  }

  private static boolean isThere(MemberStatus status) {
    return !status.equals(MemberStatus.down()) && !status.equals(MemberStatus.removed());
  }
}
