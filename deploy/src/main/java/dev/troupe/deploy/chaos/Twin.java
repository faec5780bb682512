package dev.troupe.deploy.chaos;

import dev.troupe.proto.error.TroupeException;
import dev.troupe.proto.spec.JobSpec;
import dev.troupe.proto.spec.Reduction;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;

/**
 * The undisturbed run of a job, in one process. With exact reduction it needs one replica only: the
 * bits are those of any number of them.
 *
 * @param program main class of the program
 * @param out the console
 * @param job the disturbed job
 * @param given its arguments
 */
record Twin(Class<?> program, PrintWriter out, JobSpec job, List<String> given) {

  /**
   * Trains it and returns its folder.
   *
   * @param steps how many steps; empty: as many as the job says
   */
  Path train(OptionalLong steps) {
    Path folder = Path.of(job.runDir() + "-reference");
    if (Files.exists(folder.resolve("metrics.jsonl"))) {
      throw TroupeException.usage(
          "%s has a run already; give another run.name, or reference = \"%s\" in the plan"
              .formatted(folder, folder));
    }
    List<String> arguments = new ArrayList<>(List.of("train"));
    arguments.addAll(given);
    arguments.add("run.name=" + job.runName() + "-reference");
    arguments.add("run.dir=" + folder);
    arguments.add("checkpoint.dir=" + folder.resolve("checkpoints"));
    arguments.add("chaos.plan=");
    arguments.add("api.port=0");
    if (job.parallel().reduction() == Reduction.EXACT) {
      arguments.add("parallel.virtual-shards=" + job.parallel().virtualShards());
      arguments.add("parallel.dp=1");
    }
    if (steps.isPresent()) {
      arguments.add("train.steps=" + steps.getAsLong());
      arguments.add("train.warmup=" + job.train().warmup()); // by default, a part of all steps
    }
    out.printf("Undisturbed, for comparison:%n");
    int exitCode = new ChildRun(program, arguments).toTheEnd(out);
    if (exitCode != 0) {
      throw TroupeException.peer(
          "the undisturbed run ended with exit code %d; see above".formatted(exitCode));
    }
    return folder;
  }
}
