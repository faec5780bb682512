package dev.troupe.deploy.cli;

import dev.troupe.deploy.runs.Along;
import dev.troupe.deploy.runs.Quantity;
import dev.troupe.deploy.runs.Runs;
import dev.troupe.proto.error.TroupeException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code troupe runs}. */
@Command(
    name = "runs",
    description = {
      "List runs; compare those that are named; plot their losses.",
      "Two or more names: also the settings that differ, the losses after the same steps, and up to"
          + " which step they are the same to the bit."
    },
    footer = {
      "",
      "Examples:",
      "  ./troupe runs",
      "  ./troupe runs base wider --plot losses.svg",
      "  ./troupe runs --plot speed.svg --y speed --x hours"
    })
public final class RunsCommand implements Runnable {
  @Spec private CommandSpec spec = CommandSpec.create();

  @Parameters(
      arity = "0..*",
      paramLabel = "RUN",
      description = "Names or folders of runs. Default: all.")
  private List<String> names = new ArrayList<>();

  @Option(
      names = "--in",
      defaultValue = "runs",
      paramLabel = "DIR",
      description = "Folder that the runs are in. Default: ${DEFAULT-VALUE}.")
  private Path in = Path.of("");

  @Option(
      names = "--plot",
      paramLabel = "FILE.svg",
      description = "Draw a curve a run into this file.")
  private @Nullable Path plot;

  @Option(
      names = "--y",
      defaultValue = "loss",
      paramLabel = "WHAT",
      description = "What is plotted: loss, grad_norm, lr or speed. Default: ${DEFAULT-VALUE}.")
  private Quantity quantity = Quantity.LOSS;

  @Option(
      names = "--x",
      defaultValue = "step",
      paramLabel = "WHAT",
      description = "Along what: step, tokens or hours. Default: ${DEFAULT-VALUE}.")
  private Along along = Along.STEP;

  @Option(names = "--log", description = "Plot on a logarithmic axis.")
  private boolean logarithmic;

  @Option(
      names = "--smooth",
      defaultValue = "10",
      paramLabel = "N",
      description = "Losses and curves are means of this many steps. Default: ${DEFAULT-VALUE}.")
  private int smooth;

  @Option(names = "--json", description = "Print JSON, with each run's settings.")
  private boolean json;

  @Override
  public void run() {
    if (smooth < 1) {
      throw TroupeException.usage("--smooth %d: give 1 (no smoothing) or more".formatted(smooth));
    }
    if (plot != null && !plot.toString().toLowerCase(Locale.ROOT).endsWith(".svg")) {
      throw TroupeException.usage("--plot %s: plots are SVG; give a name.svg".formatted(plot));
    }
    Runs runs = runs();
    PrintWriter out = spec.commandLine().getOut();
    if (json) {
      out.println(runs.json());
    } else {
      runs.print(smooth, out);
      if (names.size() > 1) {
        runs.compare(smooth, out);
      }
    }
    if (plot != null) {
      runs.plot(new Runs.PlotStyle(quantity, along, logarithmic), smooth, plot);
      if (!json) {
        out.println();
        out.println("plot: " + plot);
      }
    }
    out.flush();
  }

  private Runs runs() {
    return names.isEmpty()
        ? Runs.read(RunFinder.all(in)).inOrderOfStart()
        : Runs.read(names.stream().distinct().map(name -> RunFinder.find(in, name)).toList());
  }
}
