package dev.troupe.deploy.launch;

import dev.troupe.deploy.api.RunControl;
import dev.troupe.proto.error.TroupeException;
import dev.troupe.proto.message.CoordinatorCommand;
import dev.troupe.proto.message.DrainNode;
import dev.troupe.proto.message.RequestStop;
import dev.troupe.proto.message.ScaleRun;
import dev.troupe.proto.spec.ElasticSpec;
import java.util.List;
import java.util.function.IntFunction;
import java.util.function.Predicate;
import org.apache.pekko.actor.typed.ActorRef;

/**
 * What callers of the API may order of a run over several processes.
 *
 * @param coordinator who does it
 * @param knows whether a node is there
 * @param elastic how many nodes the run may have
 * @param ensure starts nodes until there are so many; gives back those that there are beyond that
 */
record ClusterControl(
    ActorRef<CoordinatorCommand> coordinator,
    Predicate<String> knows,
    ElasticSpec elastic,
    IntFunction<List<String>> ensure)
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

  @Override
  public void scale(int nodes, String reason) {
    if (nodes < elastic.minNodes()) {
      throw TroupeException.usage(
          "%d nodes are fewer than elastic.min-nodes = %d".formatted(nodes, elastic.minNodes()));
    }
    if (elastic.maxNodes() > 0 && nodes > elastic.maxNodes()) {
      throw TroupeException.usage(
          "%d nodes are more than elastic.max-nodes = %d".formatted(nodes, elastic.maxNodes()));
    }
    for (String superfluous : ensure.apply(nodes + elastic.spares())) {
      coordinator.tell(new DrainNode(superfluous, reason));
    }
    coordinator.tell(new ScaleRun(nodes, reason));
  }
}
