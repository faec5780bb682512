package dev.troupe.collectives.device;

/** An ordered queue of device work. Not thread-safe: used by the rank's own thread. */
public interface Stream extends AutoCloseable {
  /** Marks this point of the stream. */
  Event record();

  /** Work given to this stream from now on starts after {@code event} has come. */
  void await(Event event);

  /** Blocks the calling thread until all work given so far is done. */
  void synchronize();

  @Override
  void close();
}
