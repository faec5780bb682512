package dev.troupe.deploy.cli;

import java.io.PrintWriter;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
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

  @Spec private CommandSpec spec = CommandSpec.create();

  /** The verb, with what does its parts. */
  public DataCommand(PrepareJob prepare, InspectJob inspect) {
    this.prepare = prepare;
    this.inspect = inspect;
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
}
