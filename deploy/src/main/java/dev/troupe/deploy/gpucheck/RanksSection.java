package dev.troupe.deploy.gpucheck;

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
  private static final int ENDLESS = 1_000_000;
  private static final int MORE = 10;
  private static final String[] KILLED_JOB = {"parallel.dp=2", "checkpoint.every=5"};

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
    Run one = oneRank("d-one", SmallModel.STEPS);
    Run dp2 = launch("d-dp2", 2, "parallel.dp=2");
    report.same("dp=2 exact gives one rank's bits", one.lossBits(), dp2.lossBits());
    Run tp2 = launch("d-tp2", 2, "parallel.tp=2", "parallel.sequence=true");
    report.atMost(
        "tp=2, sequence parallel, relative difference to one", difference(one, tp2), SPLIT, "");
    Run four = launch("d-tp2-dp2", 4, "parallel.tp=2", "parallel.sequence=true", "parallel.dp=2");
    report.same("tp=2 x dp=2 exact gives tp=2's bits", tp2.lossBits(), four.lossBits());
    if (!model.tiny()) {
      otherForms(one, report);
    }
    killed(report);
  }

  private void otherForms(Run one, Report report) throws InterruptedException {
    Run plain = launch("d-plain", 2, "parallel.tp=2");
    report.atMost("tp=2, relative difference to one rank", difference(one, plain), SPLIT, "");
    Run fast = launch("d-fast", 2, "parallel.dp=2", "parallel.reduction=fast");
    report.atMost("dp=2 fast, relative difference to one rank", difference(one, fast), SPLIT, "");
  }

  private static double difference(Run expected, Run actual) {
    return LossSection.greatest(expected.losses(), actual.losses());
  }

  private Run oneRank(String name, int steps) throws InterruptedException {
    return runs.train(name, job(steps, subject.one())).succeeded();
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

  /**
   * Of two data-parallel ranks, so that the survivor has a group to leave and a copy of the other's
   * state. The run has no end but a request to stop; the steps do not depend on how many there are.
   */
  private void killed(Report report) throws InterruptedException {
    Run end;
    try (StartedRun run =
        runs.startLaunch("d-killed", 2, job(ENDLESS, subject.shared(), KILLED_JOB))) {
      int before = run.awaitCheckpoint(1);
      List<ProcessHandle> workers = run.workers();
      if (workers.size() != 2 || !workers.getLast().destroyForcibly()) {
        report.failed("kill -9 of a rank", workers.size() + " processes hold its two ranks");
        return;
      }
      run.awaitCheckpoint(before + MORE);
      run.stop();
      end = run.end().succeeded();
    }
    report.holds(
        "kill -9 of a rank: the others go on in place",
        !end.events("recovered").isEmpty(),
        "recovered " + end.events("recovered").size() + " times",
        "once or more",
        "it printed:\n" + end.output());
    report.same(
        "with the losses of an undisturbed run",
        oneRank("d-undisturbed", end.checkpointStep()).lossBits(),
        end.lossBits());
  }
}
