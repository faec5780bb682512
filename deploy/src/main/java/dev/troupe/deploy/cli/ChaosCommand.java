package dev.troupe.deploy.cli;

import dev.troupe.deploy.cli.ChaosJob.Options;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** {@code troupe chaos}. */
@Command(
    name = "chaos",
    description = {
      "Train over several processes while faults are injected, and prove that nothing was lost.",
      "",
      "The same job is trained undisturbed, too, and the losses and parameters of",
      "both are compared, bit for bit. Every fault is written to the run's",
      "events.jsonl, with when it was noticed and when the run went on; a table of",
      "all kinds ends the run."
    },
    footer = {
      "",
      "A plan is a HOCON file:",
      "  faults = [",
      "    { at = { step = 17, phase = prepared }, do = kill9, rank = 3 }",
      "    { during = checkpoint-rename, do = enospc }",
      "    { between = [20, 30], do = cut, nodes = [node-0, node-1]",
      "      one-way = true }",
      "    { storm = { mtbf = 15 s, seed = 7, count = 200, apart = 1 s }",
      "      one-of = [kill9, \"sigstop 10 s\", nan] }",
      "  ]",
      "  reference = true        # or false, or the folder of an undisturbed run",
      "  stop-when-done = false  # end the run when the last fault is over",
      "",
      "When:   at a step and phase, during a phase, between two steps, or a storm at",
      "        random times, with apart = 1 s each fault that long after the one",
      "        before is over. Phases of a step: computing, prepared, journalled,",
      "        committed; of a mesh: regrouping, starting; of a checkpoint:",
      "        checkpoint-begin, -write, -manifest, -rename, -latest.",
      "Whom:   rank = 3 (its process), node = node-1 (all of its processes),",
      "        agent = node-1, coordinator = true; nothing: any rank.",
      "What:   kill9, \"sigstop 10 s\", \"slow 2x 30 steps\", nan, bitflip, corrupt (a",
      "        byte of the newest checkpoint), enospc and crash (at a checkpoint",
      "        phase), \"cut 10 s\" (needs root and network namespaces),",
      "        kill-coordinator.",
      "",
      "Exit codes: 0 where everything held, 1 where something did not.",
      "",
      "Examples; plans are in deploy/chaos:",
      "  ./troupe chaos deploy/chaos/kill-at-each-phase.conf --nodes 2 \\",
      "      run.name=kills parallel.tp=1 parallel.dp=2 train.steps=150",
      "  ./troupe chaos deploy/chaos/storm.conf job.conf --nodes 4 \\",
      "      --ranks-per-node 2"
    })
public final class ChaosCommand implements Callable<Integer> {
  private final ChaosJob job;

  @Parameters(index = "0", paramLabel = "PLAN.conf", description = "The plan of faults.")
  private Path plan = Path.of("");

  @Parameters(
      index = "1..*",
      arity = "0..*",
      paramLabel = "JOB.conf|key=value",
      description = "A job file and settings laid over it, as for ./troupe launch.")
  private List<String> arguments = new ArrayList<>();

  @Mixin private NodeOptions nodes = new NodeOptions();

  /** The verb, with what runs it. */
  public ChaosCommand(ChaosJob job) {
    this.job = job;
  }

  @Override
  public Integer call() {
    return job.run(new Options(plan, arguments, nodes.toArguments()));
  }
}
