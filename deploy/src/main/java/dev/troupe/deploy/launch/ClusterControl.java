package dev.troupe.deploy.launch;

import dev.troupe.deploy.api.RunControl;
import dev.troupe.deploy.api.RunStatus;
import dev.troupe.deploy.api.RunStatus.Presence;
import dev.troupe.proto.error.TroupeException;
import dev.troupe.proto.message.CoordinatorCommand;
import dev.troupe.proto.message.DrainNode;
import dev.troupe.proto.message.RequestStop;
import dev.troupe.proto.message.ScaleRun;
import dev.troupe.proto.spec.ElasticSpec;
import dev.troupe.proto.spec.JobSpec;
import java.util.List;
import java.util.OptionalLong;
import java.util.function.IntFunction;
import java.util.function.Supplier;
import org.apache.pekko.actor.typed.ActorRef;

/**
 * What callers of the API may order of a run over several processes.
 *
 * @param coordinator who does it
 * @param job how many nodes the run may have, and how wide it may be
 * @param status which nodes there are
 * @param ensure starts nodes until there are so many; gives back those that there are beyond that
 */
record ClusterControl(
    ActorRef<CoordinatorCommand> coordinator,
    JobSpec job,
    Supplier<RunStatus> status,
    IntFunction<List<String>> ensure)
    implements RunControl {
  @Override
  public void stop(String reason) {
    coordinator.tell(new RequestStop(reason));
  }

  @Override
  public boolean drain(String node, String reason) {
    boolean known =
        status.get().nodes().stream()
            .anyMatch(each -> each.name().equals(node) && each.state() != Presence.LOST);
    if (known) {
      coordinator.tell(new DrainNode(node, reason));
    }
    return known;
  }

  @Override
  public String scale(int nodes, String reason) {
    ElasticSpec elastic = job.elastic();
    if (nodes < elastic.minNodes()) {
      throw TroupeException.usage(
          "%d nodes are fewer than elastic.min-nodes = %d".formatted(nodes, elastic.minNodes()));
    }
    if (elastic.maxNodes() > 0 && nodes > elastic.maxNodes()) {
      throw TroupeException.usage(
          "%d nodes are more than elastic.max-nodes = %d".formatted(nodes, elastic.maxNodes()));
    }
    String note = beyondShards(nodes);
    for (String superfluous : ensure.apply(nodes + elastic.spares())) {
      coordinator.tell(new DrainNode(superfluous, reason));
    }
    coordinator.tell(new ScaleRun(nodes, reason));
    return note;
  }

  /** Says so where some of the nodes, if they are like the smallest one now, cannot train. */
  private String beyondShards(int nodes) {
    int tp = job.parallel().tp();
    int shards = job.parallel().virtualShards();
    OptionalLong groups =
        status.get().nodes().stream()
            .filter(node -> node.state() != Presence.LOST && node.devices() >= tp)
            .mapToLong(node -> node.devices() / tp)
            .min();
    long used = groups.isEmpty() ? nodes : Math.ceilDiv(shards, groups.getAsLong());
    if (nodes <= used) {
      return "";
    }
    long spare = nodes - used;
    return ("%d of them train%s and %d %s: the data-parallel width is at most"
            + " parallel.virtual-shards = %d. To use all, stop the run and launch it again with a"
            + " greater parallel.virtual-shards.")
        .formatted(
            used, used == 1 ? "s" : "", spare, spare == 1 ? "is a spare" : "are spares", shards);
  }
}
