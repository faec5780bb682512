package dev.troupe.data.corpus;

/** Takes the documents of a corpus, each as one or more pieces of text. */
public interface DocumentSink {
  /** Continues the current document. A piece never ends inside a character. */
  void text(CharSequence piece);

  /** Ends the current document. One without text does not count. */
  void endDocument();

  /** Says how much of {@link Corpus#total()} has been taken. */
  void progress(long done);
}
