package dev.troupe.deploy.cli;

import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;

/** What {@code troupe data train-tokenizer} runs. */
@FunctionalInterface
public interface TrainTokenizerJob {
  /**
   * Learns a tokenizer, writes it and says so.
   *
   * @throws dev.troupe.proto.error.TroupeException naming the option or the file and the remedy
   */
  void run(Request request, PrintWriter out);

  /**
   * What to learn.
   *
   * @param vocab number of tokens
   * @param bos token that begins a prompt
   * @param eos token that ends a document
   * @param threads threads that count words; 0: as many as there are processors
   * @param file the {@code tokenizer.json} to write
   * @param inputs texts, or folders of them
   */
  record Request(int vocab, String bos, String eos, int threads, Path file, List<Path> inputs) {
    /** Keeps a copy of the list. */
    public Request {
      inputs = List.copyOf(inputs);
    }
  }
}
