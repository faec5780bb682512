package dev.troupe.train;

import dev.troupe.checkpoint.LocalShards;
import dev.troupe.checkpoint.Storage;
import dev.troupe.collectives.device.Stream;
import dev.troupe.collectives.mesh.DeviceMesh;
import dev.troupe.optim.Buddies;
import dev.troupe.proto.spec.JobSpec;
import dev.troupe.trace.TraceClock;
import dev.troupe.trace.Tracer;
import java.nio.file.Path;
import java.util.Collections;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a rank is to do.
 *
 * @param job the job
 * @param epoch mesh epoch
 * @param mesh the mesh; may differ from the job's where ranks were lost
 * @param rank place on the mesh
 * @param ranksOnHost how many ranks share this host's cores
 * @param device number of the device on its node
 * @param start where the first state comes from
 * @param homes where all ranks of the mesh run, by rank
 * @param vault this process's memory for committed states
 */
public record Assignment(
    JobSpec job,
    long epoch,
    DeviceMesh mesh,
    int rank,
    int ranksOnHost,
    int device,
    Start start,
    List<RankHome> homes,
    StateVault vault) {
  /** Copies the list. */
  public Assignment {
    homes = List.copyOf(homes);
    if (homes.size() != mesh.size()) {
      throw new IllegalArgumentException(homes.size() + " homes for a mesh of " + mesh.size());
    }
  }

  /** Of a mesh of one process and the epoch 1. */
  public static Assignment alone(JobSpec job, DeviceMesh mesh, int rank, Start start) {
    List<RankHome> homes = Collections.nCopies(mesh.size(), new RankHome("local", "local"));
    return new Assignment(job, 1, mesh, rank, mesh.size(), rank, start, homes, new StateVault());
  }

  /** Who of the rank's data-parallel group keeps a copy of whose state. */
  Buddies buddies() {
    return job.elastic().copies() ? RankHome.buddies(mesh, rank, homes) : Buddies.none(mesh.dp());
  }

  /** Number of ranks of whose states this one keeps copies. */
  int wards() {
    return buddies().wards(mesh.coordinate(rank).dp()).size();
  }

  /** Where the node keeps copies of its ranks' checkpoint files; null: nowhere. */
  @Nullable LocalShards localShards(Storage storage) {
    String folder = job.checkpoint().local();
    return folder == null ? null : new LocalShards(storage, Path.of(folder));
  }

  /** A tracer of this rank's steps, which writes to the run's folder. */
  Tracer tracer(TraceClock clock, Stream compute, Tracer.Ranges ranges) {
    Path file = Path.of(job.runDir(), "profile", "rank-%05d.json".formatted(rank));
    return new Tracer(clock, compute, job.profile(), rank, ranges, file);
  }
}
