package dev.troupe.deploy;

import dev.troupe.deploy.cli.Cli;
import dev.troupe.deploy.cli.DoctorCommand;

/** The program: runs the verb that the arguments name and exits with its code. */
public final class Main {
  private Main() {}

  /** Never returns. */
  public static void main(String[] arguments) {
    System.exit(Cli.of(new DoctorCommand()).run(arguments));
  }
}
