package dev.troupe.deploy.cli;

import java.io.PrintWriter;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code troupe stop}. */
@Command(
    name = "stop",
    description = "Ask a run to finish the step under way, save and end.",
    footer = {"", "Example:", "  ./troupe stop mine --reason \"the machine is needed\""})
public final class StopCommand implements Runnable {
  @Spec private CommandSpec spec = CommandSpec.create();
  @Mixin private ApiOptions api = new ApiOptions();

  @Parameters(
      arity = "0..1",
      paramLabel = "RUN",
      description = "Name or folder of the run. Default: the one that started last.")
  private @Nullable String run;

  @Option(
      names = "--reason",
      paramLabel = "TEXT",
      defaultValue = "troupe stop",
      description = "Why, for the run's log. Default: ${DEFAULT-VALUE}.")
  private String reason = "";

  @Override
  public void run() {
    String name =
        api.call(
            run,
            client -> {
              String asked = client.status().run();
              client.stop(reason);
              return asked;
            });
    PrintWriter out = spec.commandLine().getOut();
    out.println("Run " + name + " finishes the step under way, saves and ends.");
    out.flush();
  }
}
