package dev.troupe.deploy.cli;

import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code troupe data} and its parts. */
@Command(
    name = "data",
    description = "Make ready what a model is trained on.",
    synopsisSubcommandLabel = "PART",
    commandListHeading = "%nParts:%n",
    footer = {
      "",
      "Example:",
      "  ./troupe data prepare --out corpora/web web.jsonl.zst more-texts",
      "  ./troupe data inspect corpora/web",
      "  ./troupe train data.path=corpora/web"
    })
public final class DataCommand implements Runnable {
  private final PrepareJob prepare;
  private final InspectJob inspect;
  private final TrainTokenizerJob trainTokenizer;

  @Spec private CommandSpec spec = CommandSpec.create();

  /** The verb, with what does its parts. */
  public DataCommand(PrepareJob prepare, InspectJob inspect, TrainTokenizerJob trainTokenizer) {
    this.prepare = prepare;
    this.inspect = inspect;
    this.trainTokenizer = trainTokenizer;
  }

  @Override
  public void run() {
    throw new ParameterException(
        spec.commandLine(), "which part? Give " + String.join(", ", spec.subcommands().keySet()));
  }

  private PrintWriter out() {
    return spec.commandLine().getOut();
  }

  @Command(
      name = "prepare",
      description = {
        "Tokenise texts into a token file, PREFIX.bin and PREFIX.idx, as Megatron-LM has them, with"
            + " PREFIX.json beside them.",
        "The same inputs give the same files, whatever the number of threads. After a kill, the same"
            + " command goes on where it was."
      },
      footer = {
        "",
        "Examples:",
        "  ./troupe data prepare --out corpora/web web-*.jsonl.zst",
        "  xzcat wiki.jsonl.xz | ./troupe data prepare --out corpora/wiki --field body -"
      })
  void prepare(@Mixin PrepareOptions options) {
    prepare.run(options.request(), out());
  }

  @Command(
      name = "inspect",
      description = "Show what is in a token file: documents, tokens, lengths, samples as text.",
      footer = {"", "Example:", "  ./troupe data inspect corpora/web --samples 5"})
  void inspect(@Mixin InspectOptions options) {
    inspect.run(options.request(), out());
  }

  @Command(
      name = "train-tokenizer",
      description = {
        "Learn a byte-level BPE tokenizer from texts.",
        "The tokenizer.json that it writes is what data.tokenizer and the tokenizers library read.",
        "The same texts give the same file."
      },
      footer = {
        "",
        "Example:",
        "  ./troupe data train-tokenizer --vocab 8000 --out tokenizer.json my-texts",
        "  ./troupe train data.tokenizer=tokenizer.json data.path=my-texts"
      })
  void trainTokenizer(
      @Option(
              names = "--vocab",
              defaultValue = "8000",
              paramLabel = "N",
              description = "Number of tokens. Default: ${DEFAULT-VALUE}.")
          int vocab,
      @Option(
              names = "--bos",
              defaultValue = "<s>",
              paramLabel = "TOKEN",
              description = "Token that begins a prompt. Default: ${DEFAULT-VALUE}.")
          String bos,
      @Option(
              names = "--eos",
              defaultValue = "</s>",
              paramLabel = "TOKEN",
              description = "Token that ends a document. Default: ${DEFAULT-VALUE}.")
          String eos,
      @Option(
              names = "--threads",
              defaultValue = "0",
              paramLabel = "N",
              description = "Threads that count words. Default: one a processor.")
          int threads,
      @Option(
              names = "--out",
              required = true,
              paramLabel = "FILE",
              description = "The tokenizer.json to write.")
          Path file,
      @Parameters(
              arity = "1..*",
              paramLabel = "FILE",
              description = "A .txt or .jsonl file (field \"text\"), or a folder of them.")
          List<Path> inputs) {
    trainTokenizer.run(
        new TrainTokenizerJob.Request(vocab, bos, eos, threads, file, inputs), out());
  }
}
