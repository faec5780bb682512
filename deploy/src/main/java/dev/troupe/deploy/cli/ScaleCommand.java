package dev.troupe.deploy.cli;

import java.io.PrintWriter;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code troupe scale}. */
@Command(
    name = "scale",
    description = {
      "Train on more or fewer nodes, from the next step on.",
      "",
      "A run that was launched starts the nodes that are missing, and lets superfluous ones go.",
      "The global batch stays what it is. The data-parallel width follows the nodes, up to",
      "parallel.virtual-shards; nodes beyond that are spares."
    },
    footer = {"", "Example:", "  ./troupe scale mine --nodes 3"})
public final class ScaleCommand implements Runnable {
  @Spec private CommandSpec spec = CommandSpec.create();
  @Mixin private ApiOptions api = new ApiOptions();

  @Parameters(
      index = "0",
      arity = "0..1",
      paramLabel = "RUN",
      description = "Name or folder of the run. Default: the one that started last.")
  private @Nullable String run;

  @Option(
      names = "--nodes",
      paramLabel = "N",
      required = true,
      description =
          "Nodes that train, within elastic.min-nodes and elastic.max-nodes; spares come on top.")
  private int nodes;

  @Option(
      names = "--reason",
      paramLabel = "TEXT",
      defaultValue = "troupe scale",
      description = "Why, for the run's log. Default: ${DEFAULT-VALUE}.")
  private String reason = "";

  @Override
  public void run() {
    String answer =
        api.call(
            run,
            client -> {
              String note = client.scale(nodes, reason);
              String goes =
                  "Run %s goes to %d node%s."
                      .formatted(client.status().run(), nodes, nodes == 1 ? "" : "s");
              return note.isEmpty() ? goes : goes + System.lineSeparator() + note;
            });
    PrintWriter out = spec.commandLine().getOut();
    out.println(answer);
    out.flush();
  }
}
