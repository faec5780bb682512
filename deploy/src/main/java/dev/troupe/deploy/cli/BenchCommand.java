package dev.troupe.deploy.cli;

import dev.troupe.proto.spec.Precision;
import dev.troupe.proto.spec.Recompute;
import java.io.PrintWriter;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code troupe bench} and its parts. */
@Command(
    name = "bench",
    description = "Measure how fast this machine trains.",
    synopsisSubcommandLabel = "PART",
    commandListHeading = "%nParts:%n",
    footer = {"", "Example:", "  ./troupe bench step --size large --precision bf16"})
public final class BenchCommand implements Runnable {
  private static final String PRECISIONS = "One of: ${COMPLETION-CANDIDATES}. Default: fp32.";

  private final BenchJob job;

  @Spec private CommandSpec spec = CommandSpec.create();

  /** The verb, with what measures. */
  public BenchCommand(BenchJob job) {
    this.job = job;
  }

  @Override
  public void run() {
    throw new ParameterException(
        spec.commandLine(),
        "which one? Give step, gpu, gemm, allreduce, control, recovery or kernels");
  }

  private PrintWriter out() {
    return spec.commandLine().getOut();
  }

  @Command(
      name = "step",
      description = "Whole training steps of fixed configurations, in tokens/s.")
  void step(
      @Option(
              names = "--size",
              defaultValue = "SMALL",
              description = "One of: ${COMPLETION-CANDIDATES}. Default: small.")
          BenchJob.Size size,
      @Option(names = "--precision", defaultValue = "FP32", description = PRECISIONS)
          Precision precision,
      @Option(names = "--tp", defaultValue = "1", description = "Tensor-parallel width.") int tp,
      @Option(names = "--dp", defaultValue = "1", description = "Data-parallel width.") int dp,
      @Option(names = "--warmup", defaultValue = "5", description = "Steps before measuring.")
          int warmup,
      @Option(names = "--steps", defaultValue = "30", description = "Steps measured.") int steps,
      @Option(
              names = "--rounds",
              defaultValue = "3",
              description = "Turns of ours and PyTorch. Default: 3.")
          int rounds,
      @Option(
              names = "--peer",
              negatable = true,
              defaultValue = "true",
              fallbackValue = "true",
              description = "Measure PyTorch beside it, where installed. Default: yes.")
          boolean peer,
      @Option(
              names = "--python",
              defaultValue = "${env:TROUPE_PYTHON:-python3}",
              description = "The Python that has PyTorch. Default: python3.")
          String python,
      @Option(
              names = "--avx512",
              description = "Make PyTorch's MKL use AVX-512 on any maker's CPU.")
          boolean avx512,
      @Option(
              names = "--document-mask",
              description =
                  "Measure steps with data.document-mask beside it, on documents of 64 tokens.")
          boolean documentMask) {
    job.run(
        new BenchJob.Step(
            size, precision, tp, dp, warmup, steps, rounds, peer, python, avx512, documentMask),
        out());
  }

  @Command(
      name = "gpu",
      description = {
        "Training steps of a model on one GPU, in tokens/s, PyTorch's beside them, and each kernel",
        "against its floor: the bandwidth of a copy, or the speed of the largest matrix product."
      })
  void gpu(
      @Option(
              names = "--preset",
              defaultValue = "llama2-7b",
              description = "The model. Default: ${DEFAULT-VALUE}.")
          String preset,
      @Option(
              names = "--seq-length",
              defaultValue = "0",
              description = "Tokens a sequence. Default: as many as the model takes.")
          int seqLength,
      @Option(names = "--micro-batch", defaultValue = "1", description = "Sequences of a pass.")
          int microBatch,
      @Option(names = "--micro-batches", defaultValue = "4", description = "Passes of a step.")
          int microBatches,
      @Option(
              names = "--recompute",
              defaultValue = "NONE",
              description = "One of: ${COMPLETION-CANDIDATES}. Default: none.")
          Recompute recompute,
      @Option(names = "--warmup", defaultValue = "3", description = "Steps before measuring.")
          int warmup,
      @Option(names = "--steps", defaultValue = "10", description = "Steps measured.") int steps,
      @Option(
              names = "--kernels",
              negatable = true,
              defaultValue = "true",
              fallbackValue = "true",
              description = "Measure each kernel, too. Default: yes.")
          boolean kernels,
      @Option(
              names = "--peer",
              negatable = true,
              defaultValue = "true",
              fallbackValue = "true",
              description = "Measure PyTorch beside it, where installed. Default: yes.")
          boolean peer,
      @Option(
              names = "--python",
              defaultValue = "${env:TROUPE_PYTHON:-python3}",
              description = "The Python that has PyTorch. Default: python3.")
          String python,
      @Option(names = "--json", description = "Print all figures as a last line of JSON.")
          boolean json) {
    job.run(
        new BenchJob.Gpu(
            preset,
            seqLength,
            microBatch,
            microBatches,
            recompute,
            warmup,
            steps,
            kernels,
            peer,
            python,
            json),
        out());
  }

  @Command(name = "gemm", description = "Matrix products, in GFLOP/s.")
  void gemm(
      @Option(names = "-m", defaultValue = "2048", description = "Rows.") int m,
      @Option(names = "-n", defaultValue = "512", description = "Columns.") int n,
      @Option(names = "-k", defaultValue = "512", description = "Summed dimension.") int k,
      @Option(names = "--precision", defaultValue = "FP32", description = PRECISIONS)
          Precision precision) {
    job.run(new BenchJob.Gemm(m, n, k, precision), out());
  }

  @Command(name = "allreduce", description = "All-reduces between ranks of this machine.")
  void allReduce(
      @Option(
              names = "--mode",
              split = ",",
              defaultValue = "LOCAL,SHARED,PRIVATE,TCP,AERON_UDP",
              description = "Some of: ${COMPLETION-CANDIDATES}. Default: all.")
          List<BenchJob.AllReduceMode> modes,
      @Option(
              names = "--ranks",
              split = ",",
              defaultValue = "2,4",
              description = "Numbers of ranks. Default: 2,4.")
          List<Integer> ranks,
      @Option(
              names = "--bytes",
              split = ",",
              defaultValue = "1024,1048576,67108864",
              description = "Bytes a rank. Default: 1 KiB, 1 MiB, 64 MiB.")
          List<Long> bytes,
      @Option(
              names = "--calls",
              defaultValue = "20000",
              description = "Timed calls at most; large sizes have fewer. Default: 20000.")
          int calls,
      @Option(
              names = "--hosts",
              split = ",",
              defaultValue = "127.0.0.1",
              paramLabel = "ADDRESS",
              description = "Addresses of the ranks for TCP and AERON_UDP, by turns.")
          List<String> hosts,
      @Option(
              names = "--start-with",
              defaultValue = "",
              paramLabel = "COMMAND",
              description = {
                "Starts each rank's process, for example in a network namespace of its own:",
                "\"ip netns exec node-{rank}\"."
              })
          String startWith,
      @Option(
              names = "--peer",
              negatable = true,
              defaultValue = "true",
              fallbackValue = "true",
              description = "Measure OpenMPI and gloo beside it, where installed. Default: yes.")
          boolean peer,
      @Option(
              names = "--python",
              defaultValue = "${env:TROUPE_PYTHON:-python3}",
              description = "The Python that has PyTorch. Default: python3.")
          String python) {
    job.run(
        new BenchJob.AllReduce(modes, ranks, bytes, calls, hosts, startWith, peer, python), out());
  }

  @Command(
      name = "control",
      description = {
        "The control plane's cost a step: of GPU actors that compute nothing, or, of a cluster,",
        "of all its node agents in this process with a simulated GPU actor for each rank."
      })
  void control(
      @Option(names = "--nodes", defaultValue = "1", description = "Number of nodes. Default: 1.")
          int nodes,
      @Option(
              names = {"--ranks-per-node", "--ranks"},
              defaultValue = "4",
              description = "Ranks of each node. Default: 4.")
          int ranksPerNode,
      @Option(names = "--steps", description = "Steps. Default: 5000 with one node, 200 with more.")
          @Nullable Integer steps) {
    int count = steps != null ? steps : nodes == 1 ? 5000 : 200;
    job.run(new BenchJob.Control(nodes, ranksPerNode, count), out());
  }

  @Command(
      name = "recovery",
      description = {
        "What being able to recover costs a step of some 500 ms: copies of the",
        "optimizer's state on another node, comparison of replicas and the journal,",
        "with and without by turns."
      })
  void recovery(
      @Option(
              names = "--warmup",
              defaultValue = "5",
              paramLabel = "N",
              description = "Steps before measuring. Default: 5.")
          int warmup,
      @Option(
              names = "--steps",
              defaultValue = "40",
              paramLabel = "N",
              description = "Steps measured. Default: 40.")
          int steps,
      @Option(
              names = "--rounds",
              paramLabel = "N",
              defaultValue = "3",
              description = "Turns. Default: 3.")
          int rounds) {
    job.run(new BenchJob.Recovery(warmup, steps, rounds), out());
  }

  @Command(name = "kernels", description = "Single kernels, by JMH.")
  void kernels(
      @Option(
              names = "--filter",
              defaultValue = ".*",
              paramLabel = "REGEX",
              description = "Which kernels, by name.")
          String filter) {
    job.run(new BenchJob.Kernels(filter), out());
  }
}
