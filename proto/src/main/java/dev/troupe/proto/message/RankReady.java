package dev.troupe.proto.message;

/**
 * A rank has allocated everything and loaded its state.
 *
 * @param fence the mesh's epoch
 * @param state what it holds
 */
public record RankReady(Fence fence, RankState state) implements RankReport {
  @Override
  public int rank() {
    return state.rank();
  }
}
