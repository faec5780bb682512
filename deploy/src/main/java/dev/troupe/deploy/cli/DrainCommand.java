package dev.troupe.deploy.cli;

import java.io.PrintWriter;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code troupe drain}. */
@Command(
    name = "drain",
    description = {
      "Take a node out of a run, which goes on with the others: a spare takes its place, or fewer",
      "replicas share the same global batch. Where the others cannot hold one replica, or are fewer",
      "than elastic.min-nodes, the run saves and ends."
    },
    footer = {"", "Example:", "  ./troupe drain node-3 mine --reason maintenance"})
public final class DrainCommand implements Runnable {
  @Spec private CommandSpec spec = CommandSpec.create();
  @Mixin private ApiOptions api = new ApiOptions();

  @Parameters(index = "0", paramLabel = "NODE", description = "Name of the node.")
  private String node = "";

  @Parameters(
      index = "1",
      arity = "0..1",
      paramLabel = "RUN",
      description = "Name or folder of the run. Default: the one that started last.")
  private @Nullable String run;

  @Option(
      names = "--reason",
      paramLabel = "TEXT",
      defaultValue = "troupe drain",
      description = "Why, for the run's log. Default: ${DEFAULT-VALUE}.")
  private String reason = "";

  @Override
  public void run() {
    String name =
        api.call(
            run,
            client -> {
              client.drain(node, reason);
              return client.status().run();
            });
    PrintWriter out = spec.commandLine().getOut();
    out.println(
        "Run %s takes node %s out at its next step, and goes on with the others where it can."
            .formatted(name, node));
    out.flush();
  }
}
