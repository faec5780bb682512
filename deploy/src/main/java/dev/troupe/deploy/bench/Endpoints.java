package dev.troupe.deploy.bench;

import dev.troupe.collectives.mesh.Placement;
import dev.troupe.collectives.mesh.Site;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;

/**
 * How the ranks of a benchmark tell each other where they are: by a file each in a common folder.
 *
 * @param folder the folder
 * @param rank this rank
 * @param ranks number of ranks
 */
record Endpoints(Path folder, int rank, int ranks) {
  private static final long POLL_MILLIS = 20;
  private static final long LIMIT_NANOS = 60_000_000_000L;

  /** Tells this rank's endpoint and waits for those of all others. */
  Placement exchange(String endpoint) throws IOException {
    Path temporary = Files.writeString(folder.resolve("endpoint-" + rank + ".tmp"), endpoint);
    Files.move(temporary, file(rank), StandardCopyOption.ATOMIC_MOVE);
    List<Site> sites = new ArrayList<>();
    for (int peer = 0; peer < ranks; peer++) {
      sites.add(new Site("host-" + peer, "rank-" + peer, await(peer), List.of(peer)));
    }
    return new Placement("benchmark", sites);
  }

  private String await(int peer) throws IOException {
    long began = System.nanoTime();
    while (!Files.exists(file(peer))) {
      if (System.nanoTime() - began > LIMIT_NANOS) {
        throw new IOException("rank " + peer + " did not start");
      }
      try {
        Thread.sleep(POLL_MILLIS);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new IOException("interrupted", e);
      }
    }
    return Files.readString(file(peer));
  }

  private Path file(int of) {
    return folder.resolve("endpoint-" + of);
  }
}
