package dev.troupe.deploy.chaos;

import com.google.gson.JsonObject;
import dev.troupe.deploy.chaos.engine.EventLines;
import dev.troupe.deploy.chaos.engine.Ledger;
import dev.troupe.deploy.chaos.plan.ChaosPlan;
import dev.troupe.deploy.chaos.plan.PlanFile;
import dev.troupe.deploy.cli.ChaosJob;
import dev.troupe.deploy.cli.JobArguments;
import dev.troupe.proto.error.TroupeException;
import dev.troupe.proto.spec.JobSpec;
import dev.troupe.proto.spec.Schedule;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * {@code troupe chaos}: trains under a plan of faults in child processes, trains the same job
 * undisturbed, and compares. A run whose coordinator was killed with nobody to take over is started
 * again.
 *
 * @param program main class of the program
 * @param out the console
 */
public record ChaosProgram(Class<?> program, PrintWriter out) implements ChaosJob {
  /** As a process ends that SIGKILL hits. */
  private static final int KILLED = 137;

  @Override
  public int run(Options options) {
    ChaosPlan plan = PlanFile.read(options.plan());
    String file = options.plan().toAbsolutePath().normalize().toString();
    JobSpec job = JobArguments.load(options.job(), List.of("chaos.plan=" + file));
    Path folder = Path.of(job.runDir());
    requireFresh(job, folder);
    requireComparable(job, plan);
    Twin twin = new Twin(program, out, job, options.job());
    Optional<Path> reference =
        plan.stopWhenDone() ? Optional.empty() : reference(plan, twin, OptionalLong.empty());
    int exitCode = disturbed(job, plan, file, options, folder);
    if (plan.stopWhenDone() && exitCode == 0) {
      long steps = LossLines.of(folder.resolve("metrics.jsonl")).last();
      reference = reference(plan, twin, OptionalLong.of(steps));
    }
    Verdict verdict =
        Verdict.of(
            plan.count(),
            EventLines.all(folder.resolve("events.jsonl")),
            exitCode,
            job.cluster().controlNodes() > 1,
            exitCode == 0
                ? reference.map(
                    with ->
                        Comparison.of(
                            folder,
                            Path.of(job.checkpoint().dir()),
                            with,
                            with.resolve("checkpoints")))
                : Optional.empty());
    new VerdictText(verdict).print(out);
    Path report = folder.resolve("chaos-report.json");
    new VerdictJson(verdict).write(report);
    out.printf("The report is in %s%n", report);
    return verdict.failures().isEmpty() ? 0 : 1;
  }

  private static void requireFresh(JobSpec job, Path folder) {
    if (Files.exists(folder.resolve("metrics.jsonl"))) {
      throw TroupeException.usage(
          "run.name = %s: %s has a run already; give another run.name"
              .formatted(job.runName(), folder));
    }
  }

  private static void requireComparable(JobSpec job, ChaosPlan plan) {
    if (plan.stopWhenDone()
        && plan.reference() instanceof ChaosPlan.Reference.Made
        && job.train().schedule() != Schedule.CONSTANT) {
      throw TroupeException.usage(
          "stop-when-done with reference = true needs train.schedule = constant: other schedules depend on train.steps, which is not known before");
    }
  }

  private Optional<Path> reference(ChaosPlan plan, Twin twin, OptionalLong steps) {
    return switch (plan.reference()) {
      case ChaosPlan.Reference.None none -> Optional.empty();
      case ChaosPlan.Reference.Given(Path given) -> Optional.of(given);
      case ChaosPlan.Reference.Made made -> Optional.of(twin.train(steps));
    };
  }

  /** Runs the job; a coordinator that is killed and has no successor is started again. */
  private int disturbed(JobSpec job, ChaosPlan plan, String file, Options options, Path folder) {
    List<String> arguments = new ArrayList<>(List.of("launch"));
    arguments.addAll(options.launch());
    arguments.addAll(options.job());
    arguments.add("chaos.plan=" + file);
    out.printf("Under %d faults:%n", plan.count());
    int exitCode;
    int starts = 0;
    do {
      exitCode = new ChildRun(program, arguments).toTheEnd(out);
      starts++;
    } while (exitCode == KILLED
        && coordinatorWasKilled(EventLines.all(folder.resolve("events.jsonl")))
        && starts <= job.elastic().restarts());
    return exitCode;
  }

  /** Whether the last fault was the end of the process that coordinated. */
  private static boolean coordinatorWasKilled(List<JsonObject> events) {
    return events.stream()
        .filter(line -> line.get("event").getAsString().equals(Ledger.INJECTED))
        .reduce((before, last) -> last)
        .filter(line -> line.get("node").getAsString().isEmpty())
        .isPresent();
  }
}
