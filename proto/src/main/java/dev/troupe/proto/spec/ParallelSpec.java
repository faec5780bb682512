package dev.troupe.proto.spec;

/**
 * How the work is split.
 *
 * @param tp tensor-parallel width
 * @param dp data-parallel width
 * @param sequence Megatron sequence parallelism on or off
 * @param virtualShards fixed number of shards of the global batch; at least {@code dp}
 * @param reduction how gradients are summed over dp
 */
public record ParallelSpec(
    int tp, int dp, boolean sequence, int virtualShards, Reduction reduction) {

  public ParallelSpec {
    Require.atLeast(1, "parallel.tp", tp);
    Require.atLeast(1, "parallel.dp", dp);
    Require.atLeast(1, "parallel.virtual-shards", virtualShards);
    Require.atMost(
        "parallel.dp",
        dp,
        "parallel.virtual-shards",
        virtualShards,
        "every data-parallel rank needs a shard: raise virtual-shards or leave it out");
  }

  /** Number of ranks. */
  public int worldSize() {
    return tp * dp;
  }
}
