package dev.troupe.huggingface;

/** Counts what is copied. Used by one thread. */
final class CopiedBytes {
  private final CopyProgress progress;
  private final long total;
  private long done;

  CopiedBytes(CopyProgress progress, long total) {
    this.progress = progress;
    this.total = total;
  }

  void add(long bytes) {
    done += bytes;
    progress.onBytes(done, total);
  }
}
