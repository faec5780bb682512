package dev.troupe.deploy.cli;

import picocli.CommandLine.Command;
import picocli.CommandLine.IVersionProvider;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ScopeType;
import picocli.CommandLine.Spec;

/** {@code troupe} without a verb: help and options of all verbs. */
@Command(
    name = "troupe",
    description = "Trains language models with actors, on one machine or many.",
    synopsisSubcommandLabel = "VERB",
    commandListHeading = "%nVerbs:%n",
    versionProvider = RootCommand.Version.class,
    footer = {
      "",
      "Start with:        ./troupe train",
      "Help for a verb:   ./troupe train --help",
      "",
      "Exit codes: 0 done, 2 usage, 3 data or checkpoint, 4 memory, disk or device,",
      "5 another process or node, 70 a defect of Troupe."
    })
final class RootCommand implements Runnable {
  @Spec private CommandSpec spec = CommandSpec.create();

  @Option(
      names = {"-h", "--help"},
      usageHelp = true,
      scope = ScopeType.INHERIT,
      description = "Show this help.")
  @SuppressWarnings("UnusedVariable") // picocli acts on it
  private boolean help;

  @Option(
      names = {"-V", "--version"},
      versionHelp = true,
      description = "Show the versions of Troupe and Java.")
  @SuppressWarnings("UnusedVariable") // picocli acts on it
  private boolean version;

  @Option(
      names = "--debug",
      scope = ScopeType.INHERIT,
      description = "Show stack traces of failures.")
  private boolean debug;

  boolean debug() {
    return debug;
  }

  @Override
  public void run() {
    throw new ParameterException(spec.commandLine(), "no verb given");
  }

  /** Reads the version from the jar. */
  static final class Version implements IVersionProvider {
    @Override
    public String[] getVersion() {
      return new String[] {"troupe " + number(), "Java " + Runtime.version()};
    }

    static String number() {
      String version = RootCommand.class.getPackage().getImplementationVersion();
      return version == null ? "(not packaged)" : version;
    }
  }
}
