package dev.troupe.data.corpus;

/** Documents of text in a fixed order, which can be gone through any number of times. */
public interface Corpus {
  /** What messages call it: a path, or the name of a built-in source. */
  String name();

  /** SHA-256 (hexadecimal) of what the documents depend on; equal means the same documents. */
  String fingerprint();

  /** Total amount of work, in the unit that {@link DocumentSink#progress} counts. */
  long total();

  /** The unit of {@link #total()}, plural: "bytes", "documents". */
  String unit();

  /**
   * Gives every document to the sink, in order, on the calling thread.
   *
   * @throws dev.troupe.proto.error.TroupeException (data) if the source cannot be read
   */
  void write(DocumentSink sink);
}
