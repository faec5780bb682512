package dev.troupe.layer;

import java.util.List;

/**
 * One rank's part of one or several logical tensors, stored as one matrix.
 *
 * @param name name that is unique in the model
 * @param rows local rows, padding included
 * @param cols local columns
 * @param pieces where the rows lie in logical tensors; rows in no piece are padding and stay zero
 * @param decayed whether weight decay applies: matrices yes, gains no
 * @param counted whether this rank's copy counts in norms and checkpoints: of replicas, the first
 * @param sync ranks over which the main gradient must be summed because each sees a part of it
 * @param init initial values
 */
public record ParameterSpec(
    String name,
    int rows,
    int cols,
    List<Piece> pieces,
    boolean decayed,
    boolean counted,
    GradientSync sync,
    Init init) {

  /** Copies the list. */
  public ParameterSpec {
    pieces = List.copyOf(pieces);
  }

  /** Number of local elements. */
  public long elements() {
    return (long) rows * cols;
  }

  /** Ranks that hold the same values but see different parts of the gradient. */
  public enum GradientSync {
    /** None: the gradient is complete. */
    NONE,
    /** The tensor-parallel group: norm gains under sequence parallelism. */
    TENSOR,
    /** The ranks that hold the same key/value heads. */
    KEY_VALUE
  }

  /**
   * Initial values of a logical tensor.
   *
   * @param mean added to every element
   * @param std standard deviation of the normal part; 0 for none
   */
  public record Init(double mean, double std) {}

  /**
   * Local rows {@code [localRow, localRow + rows)}, all columns, are the rectangle at {@code (row,
   * col)} of a logical tensor.
   *
   * @param tensor name of the logical tensor, as Hugging Face names it
   * @param tensorRows rows of the logical tensor; 1 for a vector
   * @param tensorCols columns of the logical tensor
   */
  public record Piece(
      String tensor, int tensorRows, int tensorCols, int row, int col, int localRow, int rows) {}
}
