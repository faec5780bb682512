package dev.troupe.collectives.device.cpu;

/** Work that is cut into pieces which are independent of each other. */
@FunctionalInterface
public interface PieceTask {
  /** Does one piece; called from any lane, once a piece. */
  void run(int piece);
}
