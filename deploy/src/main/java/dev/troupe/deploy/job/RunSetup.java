package dev.troupe.deploy.job;

import dev.troupe.checkpoint.CheckpointFolder;
import dev.troupe.checkpoint.Storage;
import dev.troupe.coordinator.CheckpointStore;
import dev.troupe.coordinator.RunListener;
import dev.troupe.coordinator.RunSettings;
import dev.troupe.coordinator.Timeouts;
import dev.troupe.coordinator.journal.HeldJournal;
import dev.troupe.data.DataSet;
import dev.troupe.data.DataSources;
import dev.troupe.data.corpus.ProgressListener;
import dev.troupe.data.tokenizer.Tokenizer;
import dev.troupe.data.tokenizer.Tokenizers;
import dev.troupe.deploy.api.StatusBoard;
import dev.troupe.deploy.report.ConsoleReport;
import dev.troupe.deploy.report.FanOut;
import dev.troupe.deploy.report.RunFolder;
import dev.troupe.deploy.report.RunRecorder;
import dev.troupe.deploy.tensorboard.EventWriter;
import dev.troupe.deploy.tensorboard.TensorBoardListener;
import dev.troupe.proto.config.JobConfig;
import dev.troupe.proto.spec.BlendSpec;
import dev.troupe.proto.spec.JobSpec;
import dev.troupe.train.SamplePrompts;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What a run needs before its first actor: where it starts, what people see, where it saves. */
public final class RunSetup {
  /** For a majority of the control nodes to answer. */
  private static final Duration ANSWER = Duration.ofSeconds(30);

  private final JobSpec job;
  private final Tokenizer tokenizer;
  private final StartPoint start;
  private final ConsoleReport console;

  private RunSetup(JobSpec job, Tokenizer tokenizer, StartPoint start, ConsoleReport console) {
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
    Tokenizer tokenizer = Tokenizers.open(job.data());
    SamplePrompts.check(tokenizer, job);
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
    openData(progress).close();
  }

  /** Opens the run's data; tokenises them where that was not done yet. */
  DataSet openData(ProgressListener progress) {
    return DataSources.open(job.data(), job.model().vocab(), progress);
  }

  /** What keeps the run's status. */
  public StatusBoard board() {
    return new StatusBoard(job, start.step(), InstantSource.system());
  }

  /**
   * What hears the run: {@code board}, the console, and the files of the run's folder, which it
   * opens.
   */
  public RunListener listener(RunFolder folder, StatusBoard board) {
    InstantSource clock = InstantSource.system();
    List<String> sources =
        job.data().blend().sources().stream().map(BlendSpec.Source::name).toList();
    return new FanOut(
        board,
        new RunRecorder(folder, console, sources, clock),
        new TensorBoardListener(EventWriter.open(folder.tensorBoard(), clock)));
  }

  /**
   * Where checkpoints are made; what an earlier run left unfinished is removed. The tokenizer's
   * files are kept in the run's folder and go into each checkpoint.
   *
   * @param storage what they are made through
   * @param journal asked, before a checkpoint becomes the newest one, whether the run is still this
   *     coordinator's
   */
  public CheckpointStore store(Storage storage, HeldJournal journal) {
    CheckpointFolder folder = new CheckpointFolder(storage, Path.of(job.checkpoint().dir()));
    folder.removeUnfinished();
    return new FolderStore(
        folder,
        job,
        tokenizer,
        TokenizerCopy.keep(tokenizer, Path.of(job.runDir())),
        () -> journal.isHeld(ANSWER));
  }

  /**
   * What the coordinator is to run.
   *
   * @param nodes a mesh that cannot be planned is an error once so many nodes are there
   * @param rankMemory bytes that a rank will allocate; 0 where it was checked
   * @param token random text of the run
   * @param register how long to wait for enough nodes
   */
  public RunSettings settings(int nodes, long rankMemory, String token, Duration register) {
    return new RunSettings(
        job,
        JobConfig.render(job),
        start.checkpoint(),
        start.step(),
        nodes,
        Timeouts.defaults().with(job.elastic()).withRegister(register),
        rankMemory,
        token);
  }
}
