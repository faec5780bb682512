package dev.troupe.huggingface;

/** Hears how much of the weights is copied, about every megabyte. What it throws ends the copy. */
@FunctionalInterface
public interface CopyProgress {
  /**
   * Some more is copied.
   *
   * @param done bytes so far
   * @param total bytes in all
   */
  void onBytes(long done, long total);
}
