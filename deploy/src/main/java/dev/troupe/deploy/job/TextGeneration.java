package dev.troupe.deploy.job;

import dev.troupe.data.tokenizer.Tokenizer;
import dev.troupe.deploy.cli.GenerateJob;
import dev.troupe.infer.Continuation;
import dev.troupe.infer.DecodingBatch;
import dev.troupe.infer.FinishReason;
import dev.troupe.infer.Sampling;
import dev.troupe.infer.TextListener;
import dev.troupe.infer.TextOfTokens;
import dev.troupe.proto.error.TroupeException;
import java.io.InputStream;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.Consumer;

/**
 * {@code troupe generate}: all prompts through one batch, a new text as soon as another is
 * complete.
 *
 * @param input standard input, for prompts
 * @param err where the summary goes
 * @param terminal whether a person is watching
 * @param warnings hears of damaged checkpoints that were passed over
 */
public record TextGeneration(
    InputStream input, PrintWriter err, boolean terminal, Consumer<String> warnings)
    implements GenerateJob {

  /** One text to be. */
  private record Wanted(int place, PromptReader.Prompt prompt, int sample, int[] tokens) {}

  /** What has been done. */
  private static final class Tally {
    private final long began = System.nanoTime();
    private int texts;
    private long tokens;
  }

  @Override
  public boolean run(Request request, PrintWriter out) {
    List<PromptReader.Prompt> prompts = new PromptReader(input).read(request.prompts());
    long texts = (long) prompts.size() * request.texts().samples();
    int together = (int) Math.min(request.batch(), texts);
    try (LoadedModel loaded =
        LoadedModel.toGenerate(request.checkpoint(), request.tp(), together, warnings)) {
      List<Wanted> wanted = wanted(loaded, prompts, request.texts().samples());
      boolean complete;
      Tally tally = new Tally();
      try (TextSink sink = sink(request.output(), out);
          Interruption interruption = new Interruption()) {
        complete = generate(loaded, request.texts(), wanted, sink, interruption, tally);
      }
      if (terminal || request.output().lines()) {
        summarise(tally);
      }
      return complete;
    }
  }

  private static TextSink sink(Output output, PrintWriter out) {
    Path file = output.file();
    if (file != null) {
      return TextLines.to(file, output.echo());
    }
    return output.lines() ? TextLines.to(out, output.echo()) : new ShownText(out, output.echo());
  }

  private static List<Wanted> wanted(
      LoadedModel loaded, List<PromptReader.Prompt> prompts, int samples) {
    List<Wanted> wanted = new ArrayList<>();
    for (PromptReader.Prompt prompt : prompts) {
      int[] tokens = loaded.tokenizer().encodePrompt(prompt.text());
      try {
        DecodingBatch.requireUsable(loaded.model(), tokens);
      } catch (TroupeException e) {
        throw new TroupeException(e.category(), prompt.place() + ": " + e.getMessage(), e);
      }
      for (int sample = 0; sample < samples; sample++) {
        wanted.add(new Wanted(wanted.size(), prompt, sample, tokens));
      }
    }
    return wanted;
  }

  private static boolean generate(
      LoadedModel loaded,
      Texts texts,
      List<Wanted> wanted,
      TextSink sink,
      Interruption interruption,
      Tally tally) {
    Tokenizer tokenizer = loaded.tokenizer();
    Sampling sampling = new Sampling(texts.temperature(), texts.topK(), texts.topP());
    try (DecodingBatch batch = new DecodingBatch(loaded.model(), tokenizer.vocabSize())) {
      int begun = 0;
      while (begun < wanted.size() || batch.size() > 0) {
        if (interruption.asked()) {
          return false;
        }
        for (; begun < wanted.size() && batch.hasRoom(); begun++) {
          Wanted each = wanted.get(begun);
          TextListener listener =
              sink.begin(each.place(), each.prompt().text(), each.sample(), each.tokens().length);
          batch.add(
              new Continuation(
                  each.tokens(), texts.maxTokens(), sampling, texts.seed(), each.place()),
              new TextOfTokens(tokenizer, texts.stops(), counted(listener, tally)));
        }
        batch.step();
      }
    }
    return true;
  }

  private static TextListener counted(TextListener listener, Tally tally) {
    return new TextListener() {
      @Override
      public void text(String piece) {
        listener.text(piece);
      }

      @Override
      public void ended(FinishReason reason, int tokens) {
        tally.texts++;
        tally.tokens += tokens;
        listener.ended(reason, tokens);
      }
    };
  }

  private void summarise(Tally tally) {
    double seconds = (System.nanoTime() - tally.began) / 1e9;
    err.printf(
        Locale.ROOT,
        "%,d text%s, %,d tokens in %.1f s: %,.0f tokens/s%n",
        tally.texts,
        tally.texts == 1 ? "" : "s",
        tally.tokens,
        seconds,
        tally.tokens / seconds);
    err.flush();
  }
}
