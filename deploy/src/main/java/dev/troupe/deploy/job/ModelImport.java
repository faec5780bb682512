package dev.troupe.deploy.job;

import dev.troupe.data.tokenizer.ByteTokenizer;
import dev.troupe.data.tokenizer.Tokenizer;
import dev.troupe.data.tokenizer.Tokenizers;
import dev.troupe.deploy.cli.ImportJob;
import dev.troupe.huggingface.CheckpointImport;
import dev.troupe.proto.config.JobConfig;
import dev.troupe.proto.error.TroupeException;
import dev.troupe.proto.spec.JobSpec;
import dev.troupe.proto.spec.ModelSpec;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;

/**
 * {@code troupe import}: makes a checkpoint of step 0 from a model of Hugging Face.
 *
 * @param terminal whether progress goes to a terminal
 */
public record ModelImport(boolean terminal) implements ImportJob {
  /** Sequences of eval, and of a training that says nothing else. */
  private static final int LONGEST_DEFAULT_SEQUENCE = 2048;

  private static final List<String> FILES = List.of("tokenizer.json", "tokenizer.model");

  @Override
  public void run(Request request, PrintWriter out) {
    try (CheckpointImport source = CheckpointImport.open(request.from());
        CopyReport progress = new CopyReport("importing", out, terminal)) {
      ModelSpec model = source.model();
      Tokenizer tokenizer = tokenizer(request, model);
      String job = JobConfig.render(job(model, tokenizer));
      Path checkpoint =
          source.write(
              request.out(),
              tokenizer.fingerprint(),
              TokenizerCopy.contents(tokenizer),
              job,
              progress);
      progress.close();
      out.printf(
          Locale.ROOT,
          "Imported %s: %,d parameters, tokenizer %s, as %s.%n",
          request.from(),
          model.parameters(),
          tokenizer.name(),
          checkpoint);
      if (source.positions() > model.maxSeq()) {
        out.printf(
            "Its attention slides over %d tokens, and Troupe's does not, so model.max-seq is %d instead of %d.%n",
            model.maxSeq(), model.maxSeq(), source.positions());
      }
      out.flush();
    }
  }

  /** The one asked for, or the model's own, or bytes where it has none. */
  private static Tokenizer tokenizer(Request request, ModelSpec model) {
    String asked = request.tokenizer();
    Path from = request.from();
    boolean own = FILES.stream().anyMatch(name -> Files.isRegularFile(from.resolve(name)));
    Tokenizer tokenizer =
        Tokenizers.open(asked != null ? asked : own ? from.toString() : ByteTokenizer.NAME);
    if (model.vocab() < tokenizer.vocabSize()) {
      throw TroupeException.data(
          "%s: vocab_size = %d is less than the %d ids of tokenizer %s. Give the model's own with --tokenizer."
              .formatted(
                  from.resolve("config.json"),
                  model.vocab(),
                  tokenizer.vocabSize(),
                  tokenizer.name()));
    }
    return tokenizer;
  }

  /** What generate, eval and export need to know; a training has a job of its own. */
  private static JobSpec job(ModelSpec model, Tokenizer tokenizer) {
    return JobConfig.of(
        model,
        List.of(
            "run.name=imported",
            "parallel.tp=1",
            "parallel.dp=1",
            "train.seq-length=" + Math.min(model.maxSeq(), LONGEST_DEFAULT_SEQUENCE),
            "data.tokenizer=" + tokenizer.name()));
  }
}
