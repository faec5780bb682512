package dev.troupe.data.text;

import dev.troupe.data.corpus.Corpus;
import dev.troupe.data.corpus.DocumentSink;
import dev.troupe.data.digest.Fingerprint;
import dev.troupe.proto.error.TroupeException;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.CharBuffer;
import java.nio.file.Path;
import java.util.List;

/**
 * Text files as a corpus. A {@code .txt} file is one document, whatever blank lines it has, so that
 * a model sees paragraphs follow each other; each line of a {@code .jsonl} file is one. Files must
 * be UTF-8 with every tokenizer. Long documents are handed over in pieces of about a million
 * characters that end after a line end where there is one.
 */
public final class TextCorpus implements Corpus {
  private static final int PIECE_CHARS = 1 << 20;

  private final Path path;
  private final List<TextFile> files;

  private TextCorpus(Path path, List<TextFile> files) {
    this.path = path;
    this.files = files;
  }

  /**
   * Finds the files of a path; their contents are not read yet.
   *
   * @param path a {@code .txt} or {@code .jsonl} file, or a folder of them
   * @throws TroupeException (data) if there is no such path, it cannot be read, or there is no text
   */
  public static TextCorpus open(Path path) {
    return new TextCorpus(path, TextFiles.find(path));
  }

  @Override
  public String name() {
    return path.toString();
  }

  /** Of the files' paths, sizes and times of modification, not of their contents. */
  @Override
  public String fingerprint() {
    Fingerprint fingerprint = new Fingerprint().add("text");
    for (TextFile file : files) {
      fingerprint.add(file.path().toString()).add(file.bytes()).add(file.modifiedNanos());
    }
    return fingerprint.hex();
  }

  @Override
  public long total() {
    return files.stream().mapToLong(TextFile::bytes).sum();
  }

  @Override
  public String unit() {
    return "bytes";
  }

  @Override
  public void write(DocumentSink sink) {
    long done = 0;
    for (TextFile file : files) {
      try (Utf8Reader reader = new Utf8Reader(file.path())) {
        switch (file.kind()) {
          case TEXT -> writeWhole(reader, done, sink);
          case JSONL -> writeLines(reader, file.path(), done, sink);
        }
      } catch (IOException e) {
        throw TextFiles.unreadable(file.path(), e);
      }
      done += file.bytes();
    }
  }

  private static void writeWhole(Utf8Reader reader, long before, DocumentSink sink)
      throws IOException {
    CharBuffer piece = CharBuffer.allocate(PIECE_CHARS);
    while (reader.read(piece) >= 0) {
      if (!piece.hasRemaining()) {
        piece.flip();
        int cut = cut(piece);
        sink.text(piece.subSequence(0, cut));
        piece.position(cut).compact();
        sink.progress(before + reader.bytesRead());
      }
    }
    sink.text(piece.flip());
    sink.endDocument();
  }

  /** Where to cut a full buffer: after its last line end, or else between two characters. */
  private static int cut(CharBuffer full) {
    for (int end = full.length(); end > 0; end--) {
      if (full.get(end - 1) == '\n') {
        return end;
      }
    }
    boolean half = Character.isHighSurrogate(full.get(full.length() - 1));
    return half ? full.length() - 1 : full.length();
  }

  private static void writeLines(Utf8Reader reader, Path file, long before, DocumentSink sink)
      throws IOException {
    BufferedReader lines = new BufferedReader(reader);
    long number = 0;
    for (String line = lines.readLine(); line != null; line = lines.readLine()) {
      number++;
      if (!line.isBlank()) {
        sink.text(document(line, file, number));
        sink.endDocument();
        sink.progress(before + reader.bytesRead());
      }
    }
  }

  private static String document(String line, Path file, long number) {
    try {
      return JsonLine.text(line, JsonLine.FIELD);
    } catch (BadLineException e) {
      throw TroupeException.data(
          "%s line %d %s; each line must be like {\"text\": \"...\"}"
              .formatted(file, number, e.getMessage()));
    }
  }
}
