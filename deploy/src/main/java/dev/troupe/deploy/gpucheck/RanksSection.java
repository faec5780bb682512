package dev.troupe.deploy.gpucheck;

import dev.troupe.proto.error.Category;
import java.util.ArrayList;
import java.util.List;

/**
 * d: ranks as processes that share one device: tensor and data parallelism against one rank, and a
 * rank that is killed.
 *
 * @param runs starts runs
 * @param subject what is under check
 * @param model what is trained
 */
record RanksSection(Runs runs, Subject subject, SmallModel model) implements Section {
  private static final double SPLIT = 1e-4;

  @Override
  public char name() {
    return 'd';
  }

  @Override
  public String title() {
    return "2 and 4 ranks on one GPU, and one of them killed";
  }

  @Override
  public void run(Report report) throws InterruptedException {
    List<String> oneRank = job(model.longSteps(), subject.one(), "checkpoint.every=5");
    Run one = runs.train("d-one", oneRank).succeeded();
    List<String> dataParallel =
        job(model.longSteps(), subject.shared(), "checkpoint.every=5", "parallel.dp=2");
    Run dp2 = runs.launch("d-dp2", 2, dataParallel).succeeded();
    report.same("dp=2 exact gives one rank's bits", one.lossBits(), dp2.lossBits());
    killed(dp2.lossBits(), dataParallel, report);
    Run tp2 = launch("d-tp2", 2, "parallel.tp=2", "parallel.sequence=true");
    report.atMost(
        "tp=2, sequence parallel, relative difference to one", difference(one, tp2), SPLIT, "");
    Run four = launch("d-tp2-dp2", 4, "parallel.tp=2", "parallel.sequence=true", "parallel.dp=2");
    report.same("tp=2 x dp=2 exact gives tp=2's bits", tp2.lossBits(), four.lossBits());
    if (!model.tiny()) {
      otherForms(one, report);
    }
  }

  private void otherForms(Run one, Report report) throws InterruptedException {
    Run plain = launch("d-plain", 2, "parallel.tp=2");
    report.atMost("tp=2, relative difference to one rank", difference(one, plain), SPLIT, "");
    Run fast = launch("d-fast", 2, "parallel.dp=2", "parallel.reduction=fast");
    report.atMost("dp=2 fast, relative difference to one rank", difference(one, fast), SPLIT, "");
  }

  /** Over the steps that both made, from the first on. */
  private static double difference(Run expected, Run actual) {
    List<Double> losses = actual.losses();
    return LossSection.greatest(expected.losses().subList(0, losses.size()), losses);
  }

  private Run launch(String name, int ranks, String... settings) throws InterruptedException {
    return runs.launch(name, ranks, job(SmallModel.STEPS, subject.shared(), settings)).succeeded();
  }

  private List<String> job(int steps, List<String> device, String... settings) {
    List<String> more = new ArrayList<>(device);
    more.add("precision=fp32");
    more.addAll(List.of(settings));
    return model.settings(steps, more);
  }

  /** Of two data-parallel ranks, so that the survivor has a group to leave. */
  private void killed(List<String> undisturbed, List<String> job, Report report)
      throws InterruptedException {
    Run end;
    try (StartedRun run = runs.startLaunch("d-killed", 2, job)) {
      List<ProcessHandle> workers = run.awaitCheckpoint() ? run.workers() : List.of();
      boolean killed = !workers.isEmpty() && workers.getLast().destroyForcibly();
      end = run.end();
      if (!killed || end.exitCode() == 0) {
        report.failed(
            "kill -9 of a rank", "the run was over before a rank could be killed: " + end.log());
        return;
      }
    }
    report.holds(
        "kill -9 of a rank ends the run",
        end.exitCode() == Category.PEER.exitCode() && end.output().contains("SIGKILL"),
        "exit code " + end.exitCode(),
        "exit code " + Category.PEER.exitCode(),
        "it printed:\n" + end.output());
    Run again = runs.launch("d-killed", 2, job).succeeded();
    report.holds(
        "the same command goes on from the last checkpoint",
        again.output().contains("goes on after step"),
        "",
        "",
        "it printed:\n" + again.output());
    report.same("its losses are those of an undisturbed run", undisturbed, again.lossBits());
  }
}
