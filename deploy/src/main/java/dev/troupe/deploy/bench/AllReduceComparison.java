package dev.troupe.deploy.bench;

import dev.troupe.deploy.cli.BenchJob;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * {@code bench allreduce}: ours, in all modes, beside OpenMPI and gloo where they are installed.
 *
 * @param request what is measured
 * @param out where figures go
 */
record AllReduceComparison(BenchJob.AllReduce request, PrintWriter out) {

  void run() {
    List<AllReduceSize> sizes =
        request.bytes().stream()
            .map(bytes -> AllReduceSize.of(bytes).atMost(request.calls()))
            .toList();
    out.printf(
        Locale.ROOT,
        "float32 sums, %d cores, medians; every sum checked; GB/s = bytes / time%n",
        Runtime.getRuntime().availableProcessors());
    out.printf(Locale.ROOT, "%-9s %5s %12s %11s %8s", "mode", "ranks", "bytes", "us", "GB/s");
    peers().forEach(peer -> out.printf(Locale.ROOT, " %14s %8s", peer.name() + " us", "ratio"));
    out.println();
    for (int ranks : request.ranks()) {
      compare(ranks, sizes);
    }
  }

  private void compare(int ranks, List<AllReduceSize> sizes) {
    Map<AllReduceRunner, Map<Long, Double>> peers = new LinkedHashMap<>();
    peers().forEach(peer -> peers.put(peer, measure(peer, ranks, sizes)));
    for (BenchJob.AllReduceMode mode : request.modes()) {
      AllReduceRunner ours = runner(mode);
      Map<Long, Double> medians = measure(ours, ranks, sizes);
      medians.forEach(
          (bytes, seconds) -> {
            out.printf(
                Locale.ROOT,
                "%-9s %5d %,12d %,11.2f %8.2f",
                ours.name(),
                ranks,
                bytes,
                seconds * 1e6,
                bytes / seconds / 1e9);
            peers.values().forEach(peer -> beside(peer.get(bytes), seconds));
            out.println();
          });
      out.flush();
    }
  }

  private void beside(@Nullable Double theirs, double ours) {
    if (theirs == null) {
      out.printf(Locale.ROOT, " %14s %8s", "-", "-");
    } else {
      out.printf(Locale.ROOT, " %,14.2f %7.2fx", theirs * 1e6, theirs / ours);
    }
  }

  private Map<Long, Double> measure(AllReduceRunner runner, int ranks, List<AllReduceSize> sizes) {
    try {
      return runner.measure(ranks, sizes);
    } catch (IOException e) {
      out.println(runner.name() + ", " + ranks + " ranks: " + e.getMessage());
      return Map.of();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return Map.of();
    }
  }

  /** How each mode is run; a new mode is a case here and one in {@link AllReduceRank}. */
  private AllReduceRunner runner(BenchJob.AllReduceMode mode) {
    return switch (mode) {
      case LOCAL -> new ThreadAllReduce();
      case SHARED, PRIVATE, TCP, AERON_UDP ->
          new ProcessAllReduce(mode, request.hosts(), request.startWith());
    };
  }

  private List<AllReduceRunner> peers() {
    List<AllReduceRunner> peers = new ArrayList<>();
    if (request.peer()) {
      Path sources = Path.of(System.getProperty("troupe.home", "."), "deploy/src/main");
      peers.add(new OpenMpiAllReduce(sources.resolve("c/allreduce.c")));
      peers.add(new GlooAllReduce(request.python(), sources.resolve("python/bench_allreduce.py")));
    }
    return peers;
  }
}
