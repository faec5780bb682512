package dev.troupe.train;

import dev.troupe.collectives.mesh.DeviceMesh;
import dev.troupe.proto.spec.JobSpec;
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
 * @param resumeFrom published checkpoint to start from, or null for initial weights
 */
public record Assignment(
    JobSpec job,
    long epoch,
    DeviceMesh mesh,
    int rank,
    int ranksOnHost,
    @Nullable Path resumeFrom) {}
