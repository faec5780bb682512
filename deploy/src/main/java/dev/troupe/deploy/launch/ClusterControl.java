package dev.troupe.deploy.launch;

import dev.troupe.deploy.api.RunControl;
import dev.troupe.proto.message.CoordinatorCommand;
import dev.troupe.proto.message.DrainNode;
import dev.troupe.proto.message.RequestStop;
import java.util.function.Predicate;
import org.apache.pekko.actor.typed.ActorRef;

/**
 * What callers of the API may order of a run over several processes.
 *
 * @param coordinator who does it
 * @param knows whether a node is there
 */
record ClusterControl(ActorRef<CoordinatorCommand> coordinator, Predicate<String> knows)
    implements RunControl {
  @Override
  public void stop(String reason) {
    coordinator.tell(new RequestStop(reason));
  }

  @Override
  public boolean drain(String node, String reason) {
    if (!knows.test(node)) {
      return false;
    }
    coordinator.tell(new DrainNode(node, reason));
    return true;
  }
}
