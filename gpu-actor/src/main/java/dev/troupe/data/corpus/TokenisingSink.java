package dev.troupe.data.corpus;

import dev.troupe.data.corpus.ProgressListener.Progress;
import dev.troupe.data.indexed.IndexedDatasetWriter;
import dev.troupe.data.tokenizer.Tokenizer;
import java.io.IOException;
import java.io.UncheckedIOException;

/**
 * Tokenises documents into an indexed dataset, with an end-of-document token after each and, where
 * the tokenizer has one, a token before it. A failing disk comes out as {@link
 * UncheckedIOException}. Not thread-safe.
 */
final class TokenisingSink implements DocumentSink {
  private static final long REPORT_NANOS = 250_000_000;

  private final Corpus corpus;
  private final Tokenizer tokenizer;
  private final IndexedDatasetWriter writer;
  private final ProgressListener listener;
  private final int[] begin;
  private final int[] end;
  private final long started = System.nanoTime();
  private long reported = started;
  private boolean inDocument;
  private boolean any;

  TokenisingSink(
      Corpus corpus, Tokenizer tokenizer, IndexedDatasetWriter writer, ProgressListener listener) {
    this.corpus = corpus;
    this.tokenizer = tokenizer;
    this.writer = writer;
    this.listener = listener;
    this.begin = tokenizer.beginOfDocument().stream().toArray();
    this.end = new int[] {tokenizer.endOfDocument()};
  }

  @Override
  public void text(CharSequence piece) {
    if (piece.isEmpty()) {
      return;
    }
    if (inDocument) {
      append(tokenizer.encodeNext(piece));
    } else {
      append(begin);
      append(tokenizer.encode(piece));
      inDocument = true;
    }
  }

  @Override
  public void endDocument() {
    if (!inDocument) {
      return;
    }
    append(end);
    try {
      writer.endDocument();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    inDocument = false;
    any = true;
  }

  @Override
  public void progress(long done) {
    long now = System.nanoTime();
    if (now - reported >= REPORT_NANOS) {
      reported = now;
      report(done, now);
    }
  }

  /** Reports the end. */
  void finish() {
    report(corpus.total(), System.nanoTime());
  }

  /** Whether there was a document. */
  boolean any() {
    return any;
  }

  private void report(long done, long now) {
    double perSecond = done / Math.max(1e-9, (now - started) * 1e-9);
    listener.onProgress(
        new Progress(corpus.name(), done, corpus.total(), corpus.unit(), perSecond));
  }

  private void append(int[] ids) {
    try {
      writer.add(ids, 0, ids.length);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
