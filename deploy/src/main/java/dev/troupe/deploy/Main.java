package dev.troupe.deploy;

import dev.troupe.deploy.bench.Benchmarks;
import dev.troupe.deploy.chaos.ChaosProgram;
import dev.troupe.deploy.cli.BenchCommand;
import dev.troupe.deploy.cli.ChaosCommand;
import dev.troupe.deploy.cli.Cli;
import dev.troupe.deploy.cli.DataCommand;
import dev.troupe.deploy.cli.DistCommand;
import dev.troupe.deploy.cli.DoctorCommand;
import dev.troupe.deploy.cli.DrainCommand;
import dev.troupe.deploy.cli.EvalCommand;
import dev.troupe.deploy.cli.ExportCommand;
import dev.troupe.deploy.cli.GenerateCommand;
import dev.troupe.deploy.cli.GpuCheckCommand;
import dev.troupe.deploy.cli.ImportCommand;
import dev.troupe.deploy.cli.LaunchCommand;
import dev.troupe.deploy.cli.NodeCommand;
import dev.troupe.deploy.cli.RunsCommand;
import dev.troupe.deploy.cli.ScaleCommand;
import dev.troupe.deploy.cli.ServeCommand;
import dev.troupe.deploy.cli.StatusCommand;
import dev.troupe.deploy.cli.StopCommand;
import dev.troupe.deploy.cli.TrainCommand;
import dev.troupe.deploy.dist.Distribution;
import dev.troupe.deploy.gpucheck.GpuCheck;
import dev.troupe.deploy.host.HostMemory;
import dev.troupe.deploy.job.DataInspection;
import dev.troupe.deploy.job.DataPreparation;
import dev.troupe.deploy.job.DataProgress;
import dev.troupe.deploy.job.EvalProgress;
import dev.troupe.deploy.job.LocalTraining;
import dev.troupe.deploy.job.ModelEvaluation;
import dev.troupe.deploy.job.ModelExport;
import dev.troupe.deploy.job.ModelImport;
import dev.troupe.deploy.job.ModelServing;
import dev.troupe.deploy.job.TextGeneration;
import dev.troupe.deploy.job.TokenizerTraining;
import dev.troupe.deploy.launch.LaunchOptions;
import dev.troupe.deploy.launch.LaunchProgram;
import dev.troupe.deploy.launch.NodeProgram;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.function.Consumer;
import org.slf4j.LoggerFactory;

/** The program: runs the verb that the arguments name and exits with its code. */
public final class Main {
  private static final Duration WATCH_INTERVAL = Duration.ofSeconds(2);
  private static final Duration EVAL_LINE_INTERVAL = Duration.ofSeconds(30);
  private static final Duration EVAL_TERMINAL_INTERVAL = Duration.ofMillis(500);

  private Main() {}

  /** Never returns. */
  public static void main(String[] arguments) {
    // Set up before any thread logs, or the logging library says that it kept others waiting.
    LoggerFactory.getILoggerFactory();
    boolean terminal = System.console() != null && System.console().isTerminal();
    PrintWriter out = new PrintWriter(System.out, true, StandardCharsets.UTF_8);
    PrintWriter err = new PrintWriter(System.err, true, StandardCharsets.UTF_8);
    System.exit(commandLine(out, err, terminal).run(arguments));
  }

  /** The command line with all its verbs, which writes to these. */
  public static Cli commandLine(PrintWriter out, PrintWriter err, boolean terminal) {
    Consumer<String> warnings = text -> err.println("warning: " + text);
    return Cli.of(
            new TrainCommand(new LocalTraining(out, terminal), HostMemory::read),
            new LaunchCommand(
                (job, hosts, nodes, ranks) ->
                    new LaunchProgram(Main.class, out, terminal)
                        .run(job, LaunchOptions.of(hosts, nodes, ranks, job))),
            new ChaosCommand(new ChaosProgram(Main.class, out)),
            new NodeCommand((job, options) -> new NodeProgram(job, options, out, terminal).run()),
            new GenerateCommand(new TextGeneration(System.in, err, terminal, warnings)),
            new ServeCommand(new ModelServing(warnings)),
            new EvalCommand(
                new ModelEvaluation(
                    new DataProgress(err, terminal),
                    new EvalProgress(
                        err, terminal, terminal ? EVAL_TERMINAL_INTERVAL : EVAL_LINE_INTERVAL),
                    warnings)),
            new ImportCommand(new ModelImport(terminal)),
            new ExportCommand(new ModelExport(terminal, warnings)),
            new DataCommand(
                new DataPreparation(System.in, err, terminal),
                new DataInspection(),
                new TokenizerTraining(err, terminal)),
            new StatusCommand(WATCH_INTERVAL),
            new RunsCommand(),
            new StopCommand(),
            new ScaleCommand(),
            new DrainCommand(),
            new BenchCommand(new Benchmarks(Main.class)),
            new DoctorCommand(),
            new GpuCheckCommand(new GpuCheck(Main.class)),
            new DistCommand(new Distribution()))
        .writingTo(out, err);
  }
}
