package dev.troupe.proto.message;

/**
 * Ends whatever ranks of an earlier fence a node has: each aborts what is under way, puts the state
 * of the last committed step into its process's memory, frees everything else and answers {@link
 * RankRetired}; the node answers {@link NodeRetired}, also where it has no rank. From then on the
 * node obeys this fence only.
 *
 * @param fence the fence of the mesh that comes next
 * @param committed the last committed step; a rank that has prepared but not committed it commits
 *     it now, on its own
 * @param committedIn epoch of the mesh that prepared that step: what a rank of another mesh
 *     prepared does not count
 * @param distrusted ranks of the mesh before whose memory is damaged: what they and their
 *     processes' ranks hold for them is thrown away
 * @param reason why, for people
 */
public record RetireRanks(
    Fence fence, long committed, long committedIn, RankSet distrusted, String reason)
    implements AgentCommand, WorkerCommand {
  /** Checks the step. */
  public RetireRanks {
    Checks.notNegative("committed", committed);
    Checks.notNegative("epoch of the committed step", committedIn);
  }
}
