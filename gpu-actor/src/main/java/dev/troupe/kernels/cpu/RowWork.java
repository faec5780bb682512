package dev.troupe.kernels.cpu;

import dev.troupe.collectives.device.cpu.Lanes;

/** Cuts rows into pieces for the lanes. The cut depends on the sizes alone. */
final class RowWork {
  /** Elements a piece at least: some microseconds of work. */
  private static final int PIECE_ELEMENTS = 32_768;

  /** Work on rows {@code [from, to)} with the calling lane's scratch. */
  @FunctionalInterface
  interface Range {
    void run(int piece, int from, int to, LaneScratch scratch);
  }

  private final Lanes lanes;
  private final ThreadLocal<LaneScratch> scratch = ThreadLocal.withInitial(LaneScratch::new);

  RowWork(Lanes lanes) {
    this.lanes = lanes;
  }

  Lanes lanes() {
    return lanes;
  }

  /** The calling lane's scratch. */
  LaneScratch scratch() {
    return scratch.get();
  }

  /** Number of pieces that {@code rows} rows of {@code cols} elements are cut into. */
  static int pieces(int rows, int cols) {
    int chunk = chunk(rows, cols);
    return rows == 0 ? 0 : (rows + chunk - 1) / chunk;
  }

  private static int chunk(int rows, int cols) {
    return Math.clamp(PIECE_ELEMENTS / Math.max(1, cols), 1, Math.max(1, rows));
  }

  /** Runs {@code work} over all rows. */
  void rows(int rows, int cols, Range work) {
    if (rows == 0) {
      return;
    }
    int chunk = chunk(rows, cols);
    lanes.run(
        pieces(rows, cols),
        piece ->
            work.run(piece, piece * chunk, Math.min(rows, (piece + 1) * chunk), scratch.get()));
  }
}
