package dev.troupe.parallel;

import dev.troupe.collectives.comm.Communicator;
import dev.troupe.collectives.comm.local.LocalCommunicators;
import dev.troupe.collectives.mesh.DeviceMesh;
import dev.troupe.kernels.Matrix;
import dev.troupe.layer.LayerRig;
import java.util.List;
import java.util.function.Function;

/**
 * One rank of a tensor-parallel group in a test.
 *
 * @param rig its device and workspace
 * @param tp its end of the group
 * @param region the border of the parallel region
 */
public record TensorRank(LayerRig rig, Communicator tp, TensorRegion region) {

  /** The only rank of a group: the dense layer. */
  public static TensorRank alone(LayerRig rig) {
    Communicator tp = new LocalCommunicators().open(0, new DeviceMesh(1, 1).tensorGroup(0), 0);
    return new TensorRank(rig, tp, new ReplicatedRegion(tp));
  }

  /** Runs work on every rank of a group, a thread and a device each; results in rank order. */
  public static <T> List<T> all(int size, boolean sequence, Function<TensorRank, T> work) {
    DeviceMesh mesh = new DeviceMesh(size, 1);
    return RankThreads.run(
        size,
        (rank, communicators) -> {
          try (LayerRig rig = new LayerRig();
              Communicator tp = communicators.open(1, mesh.tensorGroup(rank), rank)) {
            TensorRegion region = sequence ? new SequenceRegion(tp) : new ReplicatedRegion(tp);
            return work.apply(new TensorRank(rig, tp, region));
          }
        });
  }

  /** This rank's part of the rows. */
  public Matrix rowPart(Matrix all) {
    int count = all.rows() / tp.size();
    return all.rows(tp.rank() * count, count);
  }

  /** This rank's part of the columns. */
  public Matrix colPart(Matrix all) {
    int count = all.cols() / tp.size();
    return all.cols(tp.rank() * count, count);
  }

  /** The token rows that this rank holds outside the region. */
  public Matrix localRows(Matrix all) {
    return region.localRows(all.rows()) == all.rows() ? all : rowPart(all);
  }
}
