package dev.troupe.deploy.cli;

import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;

/** The command line as a whole: parses, runs one verb, and turns what goes wrong into an exit. */
public final class Cli {
  private final CommandLine commandLine;
  private final RootCommand root;

  private Cli(CommandLine commandLine, RootCommand root) {
    this.commandLine = commandLine;
    this.root = root;
  }

  /** A command line of these verbs, each an object with picocli's annotations. */
  public static Cli of(Object... verbs) {
    RootCommand root = new RootCommand();
    CommandLine commandLine = new CommandLine(root);
    for (Object verb : verbs) {
      commandLine.addSubcommand(verb);
    }
    commandLine.setCaseInsensitiveEnumValuesAllowed(true);
    commandLine.setUsageHelpAutoWidth(true);
    spread(commandLine);
    Cli cli = new Cli(commandLine, root);
    commandLine.setParameterExceptionHandler((e, arguments) -> cli.misused(e));
    commandLine.setExecutionExceptionHandler((e, command, parsed) -> cli.failed(e, parsed));
    return cli;
  }

  /** Sets the parts of every verb's help apart. */
  private static void spread(CommandLine verb) {
    verb.getCommandSpec()
        .usageMessage()
        .parameterListHeading("%nArguments:%n")
        .optionListHeading("%nOptions:%n");
    verb.getSubcommands().values().forEach(Cli::spread);
  }

  /** Writes to these instead of the process's streams. */
  public Cli writingTo(PrintWriter out, PrintWriter err) {
    commandLine.setOut(out);
    commandLine.setErr(err);
    return this;
  }

  /** Runs the verb that the arguments name and returns the process exit code. */
  public int run(String... arguments) {
    try {
      return commandLine.execute(arguments);
    } catch (Error e) { // picocli handles exceptions only
      return failed(e, null);
    }
  }

  private int misused(ParameterException e) {
    PrintWriter err = commandLine.getErr();
    err.println("troupe: " + e.getMessage());
    CommandLine.UnmatchedArgumentException.printSuggestions(e, err);
    err.println("Try: ./" + e.getCommandLine().getCommandSpec().qualifiedName() + " --help");
    err.flush();
    return CommandLine.ExitCode.USAGE;
  }

  private int failed(Throwable failure, @Nullable ParseResult parsed) {
    return new Failure(failure)
        .report(commandLine.getErr(), root.debug(), parsed == null ? null : folder(parsed));
  }

  private static @Nullable Path folder(ParseResult parsed) {
    ParseResult verb = parsed;
    while (verb.hasSubcommand()) {
      verb = verb.subcommand();
    }
    Optional<Path> folder =
        verb.commandSpec().userObject() instanceof RunFolderOwner owner
            ? owner.runFolder()
            : Optional.empty();
    return folder.orElse(null);
  }
}
