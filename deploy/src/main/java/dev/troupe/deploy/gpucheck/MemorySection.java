package dev.troupe.deploy.gpucheck;

import com.google.gson.JsonObject;
import dev.troupe.proto.error.Category;
import java.util.ArrayList;
import java.util.List;

/**
 * e: a job that does not fit is refused before step 1, and one that fits takes what was planned.
 *
 * @param runs starts runs
 * @param subject what is under check
 * @param model what is trained
 */
record MemorySection(Runs runs, Subject subject, SmallModel model) implements Section {
  /** What products take less on an A100 than on the GPUs that a plan is made for. */
  private static final double LESS_MIB = 24;

  private static final int STEPS = 3;
  private static final double MIB = 1 << 20;

  /** Pages of the driver's, and what libraries take beside the arena. */
  private static final double BESIDES_MIB = 1024;

  @Override
  public char name() {
    return 'e';
  }

  @Override
  public String title() {
    return "memory in use against the plan";
  }

  @Override
  public void run(Report report) throws InterruptedException {
    tooLarge(report);
    planned(report);
  }

  private void tooLarge(Report report) throws InterruptedException {
    List<String> job = new ArrayList<>(subject.one());
    job.addAll(
        List.of(
            "model.preset=llama-65b",
            "parallel.tp=1",
            "parallel.dp=1",
            "train.micro-batch=1",
            "data.bios.people=50"));
    Run run = runs.train("e-too-large", job);
    String output = run.output();
    report.holds(
        "65B parameters are refused before step 1",
        run.exitCode() == Category.RESOURCE.exitCode() && !output.contains("\tat "),
        "exit code " + run.exitCode(),
        "exit code " + Category.RESOURCE.exitCode(),
        "it printed:\n" + output);
    report.holds(
        "the refusal says what takes how much",
        output.contains("optimizer state") && output.contains("train.recompute=full"),
        "",
        "",
        "it printed:\n" + output);
  }

  /** The run's event {@code ready}: {@code planned_bytes}, and {@code memory_bytes} by rank. */
  private void planned(Report report) throws InterruptedException {
    List<String> job = new ArrayList<>(subject.one());
    Run run = runs.train("e-planned", model.settings(STEPS, job)).succeeded();
    JsonObject ready = run.events("ready").getFirst();
    double planned = ready.get("planned_bytes").getAsDouble();
    double used = ready.getAsJsonArray("memory_bytes").get(0).getAsDouble();
    report.figure("planned", planned / MIB, "MiB");
    report.atLeast("in use", used / MIB, planned / MIB - LESS_MIB, "MiB");
    report.atMost("in use beside the plan", (used - planned) / MIB, BESIDES_MIB, "MiB");
  }
}
