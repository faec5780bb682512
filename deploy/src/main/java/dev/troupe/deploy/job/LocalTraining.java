package dev.troupe.deploy.job;

import dev.troupe.actor.RankRuntime;
import dev.troupe.checkpoint.FileStorage;
import dev.troupe.coordinator.RunResult;
import dev.troupe.coordinator.Timeouts;
import dev.troupe.coordinator.actor.CoordinatorActor;
import dev.troupe.coordinator.actor.TransitionObserver;
import dev.troupe.coordinator.journal.FileJournal;
import dev.troupe.coordinator.journal.HeldJournal;
import dev.troupe.data.DataSet;
import dev.troupe.deploy.api.ApiAccess;
import dev.troupe.deploy.api.StatusBoard;
import dev.troupe.deploy.backend.Backend;
import dev.troupe.deploy.backend.LocalBackend;
import dev.troupe.deploy.cli.TrainJob;
import dev.troupe.deploy.local.LocalRun;
import dev.troupe.deploy.local.StopSignals;
import dev.troupe.deploy.report.RunFolder;
import dev.troupe.deploy.report.RunLogging;
import dev.troupe.proto.codec.WorkerFrame;
import dev.troupe.proto.config.JobConfig;
import dev.troupe.proto.error.TroupeException;
import dev.troupe.proto.message.DeviceInfo;
import dev.troupe.proto.spec.JobSpec;
import dev.troupe.train.StateVault;
import dev.troupe.train.TrainingData;
import java.io.PrintWriter;
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
    if (job.chaosPlan() != null) {
      throw TroupeException.usage(
          "chaos.plan = %s: faults need worker processes; use ./troupe chaos %s"
              .formatted(job.chaosPlan(), job.chaosPlan()));
    }
    RunSetup setup = RunSetup.of(job, out, terminal);
    String nothing = setup.nothingToDo();
    if (nothing != null) {
      out.println(nothing);
      return 0;
    }
    // Before anything is written: the job's device may be missing.
    Backend backend = LocalBackend.of(job);
    try (DataSet data = setup.openData(new DataProgress(out, terminal))) {
      return train(job, setup, backend, data);
    }
  }

  private static int train(JobSpec job, RunSetup setup, Backend backend, DataSet data) {
    ApiAccess access = ApiAccess.of(job.cluster().api());
    RunFolder folder = RunFolder.create(job);
    RankRuntime runtime =
        new RankRuntime(
            "local",
            backend.trainers(TrainingData.of(data, job), new FileStorage()),
            backend.communicators(),
            JobConfig::parse,
            new StateVault());
    StatusBoard board = setup.board();
    try (RunLogging logging = RunLogging.to(folder.log(), job.logFormat(), null)) {
      HeldJournal journal = new HeldJournal(new FileJournal(folder.journal()));
      LocalRun run =
          LocalRun.start(
              new CoordinatorActor.Parts(
                  setup.settings(1, 0, "", Timeouts.defaults().register()),
                  journal,
                  setup.store(new FileStorage(), journal),
                  setup.listener(folder, board),
                  TransitionObserver.NONE),
              devices(job, backend),
              runtime);
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
  private static List<DeviceInfo> devices(JobSpec job, Backend backend) {
    return IntStream.range(0, job.parallel().worldSize())
        .mapToObj(i -> device(i, job.device(), backend.gpus()))
        .toList();
  }

  private static DeviceInfo device(int index, String kind, List<WorkerFrame.Gpu> gpus) {
    return gpus.isEmpty()
        ? new DeviceInfo(index, kind, kind + ":" + index, 0)
        : new DeviceInfo(index, kind, gpus.get(index).name(), gpus.get(index).memoryBytes());
  }
}
