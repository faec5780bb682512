package dev.troupe.deploy.bench;

import java.io.IOException;
import java.util.List;
import java.util.Map;

/** Something that can do all-reduces between processes or threads of this host. */
interface AllReduceRunner {
  /** Name for the table. */
  String name();

  /**
   * Times all sizes in one go.
   *
   * @return median seconds by bytes; empty where it is not installed
   * @throws IOException when it failed
   */
  Map<Long, Double> measure(int ranks, List<AllReduceSize> sizes)
      throws IOException, InterruptedException;
}
