package dev.troupe.deploy.cli;

import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What {@code troupe data prepare} runs. */
@FunctionalInterface
public interface PrepareJob {
  /**
   * Prepares a token file and says what it has.
   *
   * @throws dev.troupe.proto.error.TroupeException naming the option or the file and the remedy
   */
  void run(Request request, PrintWriter out);

  /** How documents lie in standard input. */
  enum Format {
    TEXT,
    JSONL
  }

  /**
   * What to prepare.
   *
   * @param prefix of the files to write
   * @param inputs files, folders, and {@code -} for standard input
   * @param tokenizer name, or a file
   * @param bos token that begins documents; "none": none; null: as the tokenizer's files say
   * @param eos token that ends documents; null: as the tokenizer's files say
   * @param appendEos whether documents end with the end-of-document token
   * @param field of a JSONL object that has the document
   * @param format how documents lie in standard input
   * @param skipBad how many lines may have no document
   * @param threads that tokenise; 0: one a processor
   * @param overwrite whether files of that prefix may be replaced
   * @param restart whether to begin anew where an interrupted preparation lies
   */
  record Request(
      Path prefix,
      List<String> inputs,
      String tokenizer,
      @Nullable String bos,
      @Nullable String eos,
      boolean appendEos,
      String field,
      Format format,
      long skipBad,
      int threads,
      boolean overwrite,
      boolean restart) {
    /** Keeps a copy of the list. */
    public Request {
      inputs = List.copyOf(inputs);
    }
  }
}
