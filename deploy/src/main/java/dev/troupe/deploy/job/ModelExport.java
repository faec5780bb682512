package dev.troupe.deploy.job;

import dev.troupe.checkpoint.CheckpointFolder;
import dev.troupe.checkpoint.CheckpointReader;
import dev.troupe.data.tokenizer.Tokenizer;
import dev.troupe.deploy.cli.ExportJob;
import dev.troupe.huggingface.CheckpointExport;
import dev.troupe.huggingface.SpecialIds;
import dev.troupe.proto.config.JobConfig;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.function.Consumer;

/**
 * {@code troupe export}: writes a checkpoint as a model of Hugging Face.
 *
 * @param terminal whether progress goes to a terminal
 * @param warnings hears of damaged checkpoints that were passed over
 */
public record ModelExport(boolean terminal, Consumer<String> warnings) implements ExportJob {
  @Override
  public void run(Request request, PrintWriter out) {
    Path folder = CheckpointFolder.resolve(request.checkpoint(), warnings);
    try (CheckpointReader reader = CheckpointReader.open(folder);
        CopyReport progress = new CopyReport("exporting", out, terminal)) {
      Tokenizer tokenizer = TokenizerCopy.open(folder, JobConfig.parse(reader.info().job()).data());
      TokenizerCopy.requireSame(folder, reader.info().tokenizer(), tokenizer);
      List<String> files =
          CheckpointExport.write(
              reader,
              new CheckpointExport.Request(
                  request.out(),
                  request.shardBytes(),
                  request.dtype(),
                  new SpecialIds(tokenizer.beginOfDocument(), tokenizer.endOfDocument()),
                  TokenizerCopy.contents(tokenizer)),
              progress);
      out.printf(
          Locale.ROOT,
          "Exported %s: %,d parameters in %d file%s, as %s.%n",
          folder,
          reader.info().model().parameters(),
          files.size(),
          files.size() == 1 ? "" : "s",
          request.out());
      out.flush();
    }
  }
}
