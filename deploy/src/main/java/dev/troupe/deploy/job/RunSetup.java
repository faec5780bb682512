package dev.troupe.deploy.job;

import dev.troupe.checkpoint.CheckpointFolder;
import dev.troupe.checkpoint.FileStorage;
import dev.troupe.coordinator.CheckpointStore;
import dev.troupe.coordinator.RunSettings;
import dev.troupe.coordinator.Timeouts;
import dev.troupe.data.DataSources;
import dev.troupe.data.corpus.ProgressListener;
import dev.troupe.data.tokenizer.Tokenizers;
import dev.troupe.deploy.report.ConsoleReport;
import dev.troupe.proto.config.JobConfig;
import dev.troupe.proto.spec.JobSpec;
import java.io.PrintWriter;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** What a run needs before its first actor: where it starts, what people see, where it saves. */
public final class RunSetup {
  private final JobSpec job;
  private final String tokenizer;
  private final StartPoint start;
  private final ConsoleReport console;

  private RunSetup(JobSpec job, String tokenizer, StartPoint start, ConsoleReport console) {
    this.job = job;
    this.tokenizer = tokenizer;
    this.start = start;
    this.console = console;
  }

  /**
   * Finds out where the run starts.
   *
   * @param out the console
   * @param terminal whether it is a terminal
   * @throws dev.troupe.proto.error.TroupeException where a checkpoint does not fit the job
   */
  public static RunSetup of(JobSpec job, PrintWriter out, boolean terminal) {
    String tokenizer = Tokenizers.open(job.data().tokenizer()).fingerprint();
    ConsoleReport console = new ConsoleReport(out, terminal, job);
    return new RunSetup(job, tokenizer, StartPoint.of(job, tokenizer, console::onWarning), console);
  }

  /** What to tell people where all steps are done already; null where there is work. */
  public @Nullable String nothingToDo() {
    return start.step() < job.train().steps()
        ? null
        : "The run %s is complete: %d of %d steps. Raise train.steps to go on, or give another run.name."
            .formatted(job.runName(), start.step(), job.train().steps());
  }

  /** Tokenises the data where that was not done yet, so that nodes find them ready. */
  public void prepareData(ProgressListener progress) {
    DataSources.open(job.data(), job.model().vocab(), progress).close();
  }

  /** What people see. */
  public ConsoleReport console() {
    return console;
  }

  /** Committed steps that the run starts from. */
  public long resumeStep() {
    return start.step();
  }

  /** Where checkpoints are made; what an earlier run left unfinished is removed. */
  public CheckpointStore store() {
    CheckpointFolder folder =
        new CheckpointFolder(new FileStorage(), Path.of(job.checkpoint().dir()));
    folder.removeUnfinished();
    return new FolderStore(folder, job, tokenizer);
  }

  /**
   * What the coordinator is to run.
   *
   * @param nodes a mesh that cannot be planned is an error once so many nodes are there
   * @param rankMemory bytes that a rank will allocate; 0 where it was checked
   * @param token random text of the run
   */
  public RunSettings settings(int nodes, long rankMemory, String token) {
    return new RunSettings(
        job,
        JobConfig.render(job),
        start.checkpoint(),
        start.step(),
        nodes,
        Timeouts.defaults(),
        rankMemory,
        token);
  }
}
