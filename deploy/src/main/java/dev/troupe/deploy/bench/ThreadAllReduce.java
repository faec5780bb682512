package dev.troupe.deploy.bench;

import dev.troupe.collectives.comm.local.LocalAllReduceTiming;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Ours between threads of this process. */
record ThreadAllReduce() implements AllReduceRunner {
  @Override
  public String name() {
    return "local";
  }

  @Override
  public Map<Long, Double> measure(int ranks, List<AllReduceSize> sizes) {
    Map<Long, Double> medians = new TreeMap<>();
    for (AllReduceSize size : sizes) {
      medians.put(
          size.bytes(), LocalAllReduceTiming.measure(ranks, size.bytes(), size.iterations()));
    }
    return medians;
  }
}
