package dev.troupe.deploy.job;

import dev.troupe.data.bpe.BpeFile;
import dev.troupe.data.bpe.BpeTrainer;
import dev.troupe.data.bpe.BpeVocabulary;
import dev.troupe.data.bpe.WordCounter;
import dev.troupe.data.corpus.DocumentSink;
import dev.troupe.data.text.TextCorpus;
import dev.troupe.deploy.cli.TrainTokenizerJob;
import dev.troupe.proto.error.Category;
import dev.troupe.proto.error.TroupeException;
import dev.troupe.proto.file.WholeFile;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.function.LongConsumer;

/**
 * {@code troupe data train-tokenizer}.
 *
 * @param err where progress goes
 * @param terminal whether that is a terminal
 */
public record TokenizerTraining(PrintWriter err, boolean terminal) implements TrainTokenizerJob {
  @Override
  public void run(Request request, PrintWriter out) {
    require(request);
    PhaseProgress progress = new PhaseProgress(err, terminal);
    Map<String, Long> words = words(request, progress);
    if (words.isEmpty()) {
      throw TroupeException.data("%s: no text to learn from".formatted(request.inputs()));
    }
    progress.begin("merging pairs", request.vocab(), "tokens");
    BpeVocabulary vocabulary =
        new BpeTrainer(request.bos(), request.eos()).train(words, request.vocab(), progress::done);
    progress.end(vocabulary.tokens().size());
    write(request.file(), BpeFile.write(vocabulary));
    int tokens = vocabulary.tokens().size();
    if (tokens < request.vocab()) {
      out.printf("The texts give only %,d tokens, not %,d.%n", tokens, request.vocab());
    }
    out.printf("%s: %,d tokens, learnt from %,d words%n", request.file(), tokens, words.size());
    out.flush();
  }

  private static void require(Request request) {
    if (request.vocab() < BpeVocabulary.SMALLEST) {
      throw TroupeException.usage(
          "--vocab %d is too few: 256 bytes and 2 special tokens are %d"
              .formatted(request.vocab(), BpeVocabulary.SMALLEST));
    }
    if (request.threads() < 0) {
      throw TroupeException.usage(
          "--threads %d: give 1 or more, or 0 for one a processor".formatted(request.threads()));
    }
    if (request.bos().length() < 2
        || request.eos().length() < 2
        || request.bos().equals(request.eos())) {
      throw TroupeException.usage(
          "--bos %s --eos %s: give two different tokens of two or more characters"
              .formatted(request.bos(), request.eos()));
    }
    if (Files.isDirectory(request.file())) {
      throw TroupeException.usage(
          "--out %s is a folder; give a file, such as %s"
              .formatted(request.file(), request.file().resolve("tokenizer.json")));
    }
  }

  private static Map<String, Long> words(Request request, PhaseProgress progress) {
    List<TextCorpus> texts = request.inputs().stream().map(TextCorpus::open).toList();
    long total = texts.stream().mapToLong(TextCorpus::total).sum();
    int threads =
        request.threads() == 0 ? Runtime.getRuntime().availableProcessors() : request.threads();
    progress.begin("counting words", total, "bytes");
    try (WordCounter counter = new WordCounter(threads)) {
      long before = 0;
      for (TextCorpus text : texts) {
        long from = before;
        text.write(new CountingSink(counter, done -> progress.done(from + done)));
        before += text.total();
      }
      Map<String, Long> words = counter.counts();
      progress.end(total);
      return words;
    }
  }

  /**
   * Hands text to a counter.
   *
   * @param counter counts its words
   * @param done hears of progress
   */
  private record CountingSink(WordCounter counter, LongConsumer done) implements DocumentSink {
    @Override
    public void text(CharSequence piece) {
      counter.add(piece.toString());
    }

    @Override
    public void endDocument() {}

    @Override
    public void progress(long bytes) {
      done.accept(bytes);
    }
  }

  private static void write(Path file, String text) {
    Path whole = file.toAbsolutePath();
    try {
      Path folder = whole.getParent();
      if (folder != null) {
        Files.createDirectories(folder);
      }
      WholeFile.write(whole, text);
    } catch (IOException e) {
      throw new TroupeException(
          Category.RESOURCE, "--out %s: cannot be written: %s".formatted(file, e), e);
    }
  }
}
