package dev.troupe.deploy.job;

import dev.troupe.actor.RankRuntime;
import dev.troupe.checkpoint.CheckpointFolder;
import dev.troupe.checkpoint.FileStorage;
import dev.troupe.checkpoint.Storage;
import dev.troupe.collectives.comm.local.LocalCommunicators;
import dev.troupe.coordinator.RunResult;
import dev.troupe.coordinator.RunSettings;
import dev.troupe.coordinator.Timeouts;
import dev.troupe.data.DataSet;
import dev.troupe.data.DataSources;
import dev.troupe.data.tokenizer.Tokenizers;
import dev.troupe.deploy.cli.TrainJob;
import dev.troupe.deploy.tensorboard.TensorBoardListener;
import dev.troupe.deploy.tensorboard.EventWriter;
import dev.troupe.deploy.report.FanOut;
import dev.troupe.deploy.api.StatusBoard;
import dev.troupe.deploy.api.ApiAccess;
import dev.troupe.deploy.local.LocalRun;
import dev.troupe.deploy.local.StopSignals;
import dev.troupe.deploy.report.ConsoleReport;
import dev.troupe.deploy.report.RunFolder;
import dev.troupe.deploy.report.RunLogging;
import dev.troupe.deploy.report.RunRecorder;
import dev.troupe.proto.config.JobConfig;
import dev.troupe.proto.error.TroupeException;
import dev.troupe.proto.message.DeviceInfo;
import dev.troupe.proto.spec.JobSpec;
import dev.troupe.train.CpuTrainerFactory;
import dev.troupe.train.TrainingData;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.List;
import java.util.stream.IntStream;

/**
 * {@code troupe train} in one process: coordinator, node agent and GPU actors in this JVM.
 *
 * @param out the console
 * @param terminal whether the console is a terminal
 */
public record LocalTraining(PrintWriter out, boolean terminal) implements TrainJob {

  @Override
  public int run(JobSpec job) {
    String tokenizer = Tokenizers.open(job.data().tokenizer()).fingerprint();
    ConsoleReport console = new ConsoleReport(out, terminal, job);
    StartPoint start = StartPoint.of(job, tokenizer, console::onWarning);
    if (start.step() >= job.train().steps()) {
      out.printf(
          "The run %s is complete: %d of %d steps. Raise train.steps to go on, or give another run.name.%n",
          job.runName(), start.step(), job.train().steps());
      out.flush();
      return 0;
    }
    DataProgress progress = new DataProgress(out, terminal);
    try (DataSet data = DataSources.open(job.data(), job.model().vocab(), progress)) {
      return train(job, tokenizer, start, data, console);
    }
  }

  private static int train(
      JobSpec job, String tokenizer, StartPoint start, DataSet data, ConsoleReport console) {
    ApiAccess access = ApiAccess.of(job.cluster().api());
    Storage storage = new FileStorage();
    TrainingData sequences = TrainingData.of(data, job);
    RunFolder folder = RunFolder.create(job);
    CheckpointFolder checkpoints = new CheckpointFolder(storage, Path.of(job.checkpoint().dir()));
    checkpoints.removeUnfinished();
    RankRuntime runtime =
        new RankRuntime(
            new CpuTrainerFactory(sequences, storage), new LocalCommunicators(), JobConfig::parse);
    InstantSource clock = InstantSource.system();
    StatusBoard board = new StatusBoard(job, start.step(), clock);
    try (RunLogging logging = RunLogging.to(folder.log(), job.logFormat(), null)) {
      LocalRun run =
          LocalRun.start(
              new RunSettings(
                  job,
                  JobConfig.render(job),
                  start.checkpoint(),
                  start.step(),
                  1,
                  Timeouts.defaults()),
              devices(job),
              runtime,
              new FolderStore(checkpoints, job, tokenizer),
              new FanOut(
                  board,
                  new RunRecorder(folder, console, start.step(), clock),
                  new TensorBoardListener(EventWriter.open(folder.tensorBoard(), clock))));
      return result(run, new LocalApi(access, run, board, folder.path()));
    }
  }

  private static int result(LocalRun run, LocalApi api) {
    try (StopSignals signals = new StopSignals(run::requestStop)) {
      RunResult result = api.serveUntilTheEnd();
      if (result.category() != null) {
        throw new TroupeException(result.category(), result.message());
      }
      return result.exitCode();
    }
  }

  /** As many devices as ranks: on a CPU they share the cores. */
  private static List<DeviceInfo> devices(JobSpec job) {
    return IntStream.range(0, job.parallel().worldSize())
        .mapToObj(i -> new DeviceInfo(i, job.device(), job.device() + ":" + i, 0))
        .toList();
  }
}
