package dev.troupe.train;

import dev.troupe.collectives.device.Stream;
import dev.troupe.collectives.mesh.DeviceMesh;
import dev.troupe.proto.spec.JobSpec;
import dev.troupe.trace.TraceClock;
import dev.troupe.trace.Tracer;
import java.nio.file.Path;
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
 * @param resumeFrom published checkpoint to start from, or null for initial weights
 */
public record Assignment(
    JobSpec job,
    long epoch,
    DeviceMesh mesh,
    int rank,
    int ranksOnHost,
    int device,
    @Nullable Path resumeFrom) {

  /** A tracer of this rank's steps, which writes to the run's folder. */
  Tracer tracer(TraceClock clock, Stream compute, Tracer.Ranges ranges) {
    Path file = Path.of(job.runDir(), "profile", "rank-%05d.json".formatted(rank));
    return new Tracer(clock, compute, job.profile(), rank, ranges, file);
  }
}
