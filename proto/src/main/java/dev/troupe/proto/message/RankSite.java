package dev.troupe.proto.message;

/**
 * A process that holds ranks of a mesh.
 *
 * @param node name of its node
 * @param host names its machine, as far as shared memory goes
 * @param process its name, unique in a cluster
 * @param endpoint address of its data plane, {@code transport://host:port}; empty where it has none
 * @param ranks the ranks
 */
public record RankSite(String node, String host, String process, String endpoint, RankSet ranks) {
  /** Checks the fields. */
  public RankSite {
    Checks.notBlank("node", node);
    Checks.label("host", host);
    Checks.label("process", process);
    Checks.notEmpty("ranks", ranks.list());
  }
}
