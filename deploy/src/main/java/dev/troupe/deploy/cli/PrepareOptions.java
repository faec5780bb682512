package dev.troupe.deploy.cli;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** What {@code troupe data prepare} is told. */
final class PrepareOptions {
  @Option(
      names = "--out",
      required = true,
      paramLabel = "PREFIX",
      description = "Prefix of the files to write.")
  private Path prefix = Path.of("");

  @Option(
      names = "--tokenizer",
      defaultValue = "bytes",
      paramLabel = "T",
      description = "As data.tokenizer. Default: ${DEFAULT-VALUE}.")
  private String tokenizer = "";

  @Option(names = "--bos", paramLabel = "TOKEN", description = "As data.bos.")
  private @Nullable String bos;

  @Option(names = "--eos", paramLabel = "TOKEN", description = "As data.eos.")
  private @Nullable String eos;

  @Option(
      names = "--append-eos",
      negatable = true,
      defaultValue = "true",
      fallbackValue = "true",
      description =
          "End each document with the tokenizer's end-of-document token, which training expects."
              + " Default: ${DEFAULT-VALUE}.")
  private boolean appendEos;

  @Option(
      names = "--field",
      defaultValue = "text",
      paramLabel = "NAME",
      description =
          "Field of a JSON object, or column of a Parquet file, that has the document. Default:"
              + " ${DEFAULT-VALUE}.")
  private String field = "";

  @Option(
      names = "--format",
      defaultValue = "jsonl",
      paramLabel = "F",
      description =
          "What standard input has: jsonl, or text, which is one document. Default:"
              + " ${DEFAULT-VALUE}.")
  private PrepareJob.Format format = PrepareJob.Format.JSONL;

  @Option(
      names = "--skip-bad",
      defaultValue = "0",
      paramLabel = "N",
      description =
          "Pass over up to N lines or rows that have no document, and tell of each. Default:"
              + " ${DEFAULT-VALUE}.")
  private long skipBad;

  @Option(
      names = "--threads",
      defaultValue = "0",
      paramLabel = "N",
      description = "Threads that tokenise. Default: one a processor.")
  private int threads;

  @Option(names = "--overwrite", description = "Replace a token file of that prefix.")
  private boolean overwrite;

  @Option(
      names = "--restart",
      description = "Begin anew where a preparation was interrupted, instead of going on.")
  private boolean restart;

  @Parameters(
      arity = "1..*",
      paramLabel = "FILE",
      description = {
        "A .txt file (one document) or a .jsonl file (one a line), both also with .gz or .zst;",
        "a .parquet file (one a row); a folder of them; or - for standard input."
      })
  private List<String> inputs = new ArrayList<>();

  PrepareJob.Request request() {
    return new PrepareJob.Request(
        prefix, inputs, tokenizer, bos, eos, appendEos, field, format, skipBad, threads, overwrite,
        restart);
  }
}
