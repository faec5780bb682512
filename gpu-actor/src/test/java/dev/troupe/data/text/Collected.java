package dev.troupe.data.text;

import dev.troupe.data.corpus.DocumentSink;
import java.util.ArrayList;
import java.util.List;

/** Keeps what a corpus gives. */
final class Collected implements DocumentSink {
  private final List<String> documents = new ArrayList<>();
  private final List<String> pieces = new ArrayList<>();
  private final StringBuilder current = new StringBuilder();
  private long done;

  @Override
  public void text(CharSequence piece) {
    pieces.add(piece.toString());
    current.append(piece);
  }

  @Override
  public void endDocument() {
    documents.add(current.toString());
    current.setLength(0);
  }

  @Override
  public void progress(long bytes) {
    done = bytes;
  }

  List<String> documents() {
    return documents;
  }

  List<String> pieces() {
    return pieces;
  }

  long done() {
    return done;
  }
}
