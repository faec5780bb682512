package dev.troupe.deploy.cli;

import dev.troupe.proto.error.TroupeException;
import dev.troupe.proto.spec.Precision;
import dev.troupe.proto.spec.Recompute;
import java.io.PrintWriter;
import java.util.List;

/** Measures a part of the program. */
@FunctionalInterface
public interface BenchJob {
  /** Runs the benchmark and prints its figures. */
  void run(Request request, PrintWriter out);

  /** What to measure. */
  sealed interface Request {}

  /**
   * Whole training steps.
   *
   * @param size which of the fixed configurations
   * @param precision type of parameters and activations
   * @param tp tensor-parallel width
   * @param dp data-parallel width
   * @param warmup steps that are not measured
   * @param steps steps that are measured
   * @param rounds turns of ours and the peer
   * @param peer whether PyTorch is measured beside it
   * @param python the Python that has PyTorch
   * @param avx512 whether PyTorch's MKL is made to use AVX-512 on any maker's CPU
   * @param documentMask whether steps with a document mask are measured beside those without
   */
  record Step(
      Size size,
      Precision precision,
      int tp,
      int dp,
      int warmup,
      int steps,
      int rounds,
      boolean peer,
      String python,
      boolean avx512,
      boolean documentMask)
      implements Request {
    public Step {
      atLeast(1, "--tp", tp);
      atLeast(1, "--dp", dp);
      atLeast(0, "--warmup", warmup);
      atLeast(1, "--steps", steps);
      atLeast(1, "--rounds", rounds);
    }
  }

  /**
   * What being able to recover costs.
   *
   * @param warmup steps that are not measured
   * @param steps steps of each run that are measured
   * @param rounds runs with and without
   */
  record Recovery(int warmup, int steps, int rounds) implements Request {
    public Recovery {
      atLeast(0, "--warmup", warmup);
      atLeast(1, "--steps", steps);
      atLeast(1, "--rounds", rounds);
    }
  }

  /** The fixed configurations: 8 layers and 8 heads, vocabulary 4,096. */
  enum Size {
    /** Hidden 256, ffn 688, 8 sequences of 256. */
    SMALL,
    /** Hidden 512, ffn 1,376, 4 sequences of 512. */
    LARGE
  }

  /**
   * Matrix products (m, k) x (k, n).
   *
   * @param m rows of the result
   * @param n columns of the result
   * @param k summed dimension
   * @param precision type of the inputs
   */
  record Gemm(int m, int n, int k, Precision precision) implements Request {
    public Gemm {
      atLeast(1, "-m", m);
      atLeast(1, "-n", n);
      atLeast(1, "-k", k);
    }
  }

  /**
   * All-reduces between ranks of this machine.
   *
   * @param modes how the ranks exchange data
   * @param ranks numbers of ranks
   * @param bytes sizes of each rank's buffer
   * @param calls timed calls of a size at most; large sizes have fewer
   * @param hosts address of each rank for the network modes, by turns
   * @param startWith command that starts a rank's process, in which {rank} stands for the rank;
   *     empty: none
   * @param peer whether OpenMPI and gloo are measured beside it
   * @param python the Python that has PyTorch
   */
  record AllReduce(
      List<AllReduceMode> modes,
      List<Integer> ranks,
      List<Long> bytes,
      int calls,
      List<String> hosts,
      String startWith,
      boolean peer,
      String python)
      implements Request {
    public AllReduce {
      hosts = List.copyOf(hosts);
      modes = List.copyOf(modes);
      ranks = List.copyOf(ranks);
      bytes = List.copyOf(bytes);
      ranks.forEach(number -> atLeast(1, "--ranks", number));
      atLeast(1, "--calls", calls);
      for (long size : bytes) {
        atLeast(4, "--bytes", size);
        if (size % Float.BYTES != 0) {
          throw TroupeException.usage("--bytes " + size + " is not a multiple of 4");
        }
      }
    }
  }

  /** How the ranks of an all-reduce exchange data. */
  enum AllReduceMode {
    /** Threads of one process. */
    LOCAL,
    /** Processes with their buffers in shared memory. */
    SHARED,
    /** Processes with private buffers, staged through shared memory. */
    PRIVATE,
    /** Processes over TCP, as between hosts. */
    TCP,
    /** Processes over Aeron UDP, as between hosts. */
    AERON_UDP
  }

  /**
   * Training steps of a model on one GPU.
   *
   * @param preset the model
   * @param seqLength tokens a sequence; 0: the longest of the preset
   * @param microBatch sequences of one pass
   * @param microBatches passes of a step
   * @param recompute what backward computes again
   * @param warmup steps that are not measured
   * @param steps steps that are measured
   * @param kernels whether single kernels are measured, too
   * @param peer whether PyTorch is measured beside it
   * @param python the Python that has PyTorch
   * @param json whether to print all figures as a last line of JSON
   */
  record Gpu(
      String preset,
      int seqLength,
      int microBatch,
      int microBatches,
      Recompute recompute,
      int warmup,
      int steps,
      boolean kernels,
      boolean peer,
      String python,
      boolean json)
      implements Request {
    public Gpu {
      atLeast(0, "--seq-length", seqLength);
      atLeast(1, "--micro-batch", microBatch);
      atLeast(1, "--micro-batches", microBatches);
      atLeast(1, "--warmup", warmup);
      atLeast(1, "--steps", steps);
    }
  }

  /**
   * Elementwise and attention kernels.
   *
   * @param filter regular expression over the names
   */
  record Kernels(String filter) implements Request {}

  /**
   * Steps of ranks that compute nothing: the cost of the control plane.
   *
   * @param nodes number of nodes; the ranks of more than one are simulated, without threads
   * @param ranksPerNode ranks of each
   * @param steps number of steps
   */
  record Control(int nodes, int ranksPerNode, int steps) implements Request {
    public Control {
      atLeast(1, "--nodes", nodes);
      atLeast(1, "--ranks-per-node", ranksPerNode);
      atLeast(10, "--steps", steps);
    }
  }

  private static void atLeast(long least, String option, long value) {
    if (value < least) {
      throw TroupeException.usage(
          "%s %d is too small; give at least %d".formatted(option, value, least));
    }
  }
}
