package dev.troupe.checkpoint;

/**
 * A parameter as the model sees it, whole: neither sharded, nor fused, nor padded. One with a
 * single dim of n elements is [1 x n].
 *
 * @param name its name; never a path
 * @param rows number of rows
 * @param cols number of columns
 */
public record LogicalTensor(String name, long rows, long cols) {
  /** Refuses what {@link Region} refuses. */
  public LogicalTensor {
    new Region(name, 0, rows, 0, cols);
  }

  /** All of it. */
  public Region whole() {
    return new Region(name, 0, rows, 0, cols);
  }
}
