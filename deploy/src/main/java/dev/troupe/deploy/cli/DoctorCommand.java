package dev.troupe.deploy.cli;

import com.google.gson.GsonBuilder;
import dev.troupe.deploy.doctor.Doctor;
import dev.troupe.deploy.doctor.DoctorReport;
import dev.troupe.deploy.doctor.DoctorText;
import java.io.PrintWriter;
import java.nio.file.Path;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code troupe doctor}. */
@Command(
    name = "doctor",
    description =
        "Show what this machine has for training: Java, CPU, memory, disk, GPU libraries.")
public final class DoctorCommand implements Runnable {
  @Spec private CommandSpec spec = CommandSpec.create();

  @Option(names = "--json", description = "Print JSON.")
  private boolean json;

  @Option(
      names = "--run-dir",
      paramLabel = "DIR",
      defaultValue = "runs",
      description = "Folder whose free disk space is shown. Default: ${DEFAULT-VALUE}.")
  private Path runDir = Path.of("runs");

  @Override
  public void run() {
    DoctorReport report = Doctor.inspect(runDir);
    PrintWriter out = spec.commandLine().getOut();
    if (json) {
      out.println(new GsonBuilder().setPrettyPrinting().serializeNulls().create().toJson(report));
      out.flush();
    } else {
      DoctorText.print(report, out);
    }
  }
}
