package dev.troupe.proto.message;

/**
 * Orders the snapshot of {@code step} onto disk, in the background; each rank answers {@link
 * RankSaved}.
 *
 * @param fence the mesh's epoch
 * @param step the snapshot's step
 * @param folder folder that the files go to; exists; absolute
 */
public record WriteShard(Fence fence, long step, String folder) implements RankOrder {
  /** Checks the fields. */
  public WriteShard {
    Checks.notNegative("step", step);
    Checks.absolutePath("folder", folder);
  }
}
