package dev.troupe.deploy.cli;

import dev.troupe.deploy.api.RunStatus;
import dev.troupe.deploy.api.RunStatus.State;
import dev.troupe.deploy.api.StatusJson;
import dev.troupe.proto.error.Category;
import dev.troupe.proto.error.TroupeException;
import java.io.PrintWriter;
import java.time.Duration;
import java.time.InstantSource;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code troupe status}. */
@Command(
    name = "status",
    description = "Show how far a run is that is under way.",
    footer = {"", "Examples:", "  ./troupe status", "  ./troupe status mine --json"})
public final class StatusCommand implements Runnable {
  private final Duration interval;

  @Spec private CommandSpec spec = CommandSpec.create();
  @Mixin private ApiOptions api = new ApiOptions();

  @Parameters(
      arity = "0..1",
      paramLabel = "RUN",
      description = "Name or folder of the run. Default: the one that started last.")
  private @Nullable String run;

  @Option(names = "--json", description = "Print JSON.")
  private boolean json;

  @Option(names = "--watch", description = "Show it again and again, until the run ends.")
  private boolean watch;

  /** The verb; {@code --watch} asks every {@code interval}. */
  public StatusCommand(Duration interval) {
    this.interval = interval;
  }

  @Override
  public void run() {
    RunStatus last = api.call(run, client -> show(client.status()));
    if (watch && last.state() != State.FINISHED) {
      watch();
    }
  }

  /** Ends when the run has: with its last word, or when it does not answer any more. */
  private void watch() {
    try {
      api.call(
          run,
          client -> {
            RunStatus status;
            do {
              pause();
              status = show(client.status());
            } while (status.state() != State.FINISHED);
            return status;
          });
    } catch (TroupeException e) {
      if (e.category() != Category.PEER) {
        throw e;
      }
      if (!json) {
        spec.commandLine().getOut().println(e.getMessage());
      }
    }
  }

  private RunStatus show(RunStatus status) {
    PrintWriter out = spec.commandLine().getOut();
    if (json) {
      out.println(StatusJson.write(status));
    } else {
      StatusText.print(status, InstantSource.system().instant(), out);
    }
    out.flush();
    return status;
  }

  private void pause() {
    try {
      Thread.sleep(interval);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
