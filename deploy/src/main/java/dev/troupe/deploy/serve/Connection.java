package dev.troupe.deploy.serve;

/** Whether a caller is still there. Thread-safe. */
final class Connection {
  private volatile boolean open = true;

  boolean isOpen() {
    return open;
  }

  /** The caller has left. */
  void left() {
    open = false;
  }
}
