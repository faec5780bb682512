package dev.troupe.optim;

import dev.troupe.collectives.comm.Communicator;
import dev.troupe.collectives.comm.Communicators;
import dev.troupe.collectives.device.DataType;
import dev.troupe.collectives.mesh.DeviceMesh;
import dev.troupe.kernels.Matrix;
import dev.troupe.kernels.TestDevice;
import dev.troupe.layer.Parameter;
import dev.troupe.model.LlamaLayout;
import dev.troupe.parallel.RankThreads;
import java.util.List;

/** A rank's flat parameters and communicators. */
final class OptimizerRank implements AutoCloseable {
  private final TestDevice device = TestDevice.cpu(1);
  private final DeviceMesh.Coordinate at;
  private final Communicator dp;
  private final Communicator tp;
  private final FlatParameters flat;
  private final GradientReducer reducer;

  private OptimizerRank(DeviceMesh mesh, int rank, DataType type, Communicators communicators) {
    at = mesh.coordinate(rank);
    dp = communicators.open(1, mesh.dataGroup(rank), rank);
    tp = communicators.open(1, mesh.tensorGroup(rank), rank);
    List<LlamaLayout.Bucket> layout = OptimizerJobs.layout(mesh.tp(), at.tp()).buckets();
    long elements = FlatParameters.elements(layout, mesh.dp());
    flat =
        FlatParameters.place(
            layout,
            mesh.dp(),
            type,
            device.allocate(elements * type.bytes()),
            device.allocate(elements * Float.BYTES));
    reducer = new GradientReducer(flat, dp, null);
  }

  /** Work of one rank. */
  @FunctionalInterface
  interface Work<T> {
    T run(OptimizerRank rank);
  }

  /** Results in rank order. */
  static <T> List<T> all(DeviceMesh mesh, DataType type, Work<T> work) {
    return RankThreads.run(
        mesh.size(),
        (index, communicators) -> {
          try (OptimizerRank rank = new OptimizerRank(mesh, index, type, communicators)) {
            return work.run(rank);
          }
        });
  }

  TestDevice device() {
    return device;
  }

  DeviceMesh.Coordinate at() {
    return at;
  }

  Communicator dp() {
    return dp;
  }

  FlatParameters flat() {
    return flat;
  }

  GradientReducer reducer() {
    return reducer;
  }

  /** A seeded matrix of a parameter's size, the same on every rank. */
  static Matrix normal(Parameter parameter, long seed) {
    return Matrix.normal(
        parameter.spec().rows(),
        parameter.spec().cols(),
        parameter.spec().name().hashCode() + 31 * seed);
  }

  /** Reduces the main gradients of all buckets. */
  void reduce() {
    for (int bucket = 0; bucket < flat.buckets().size(); bucket++) {
      reducer.reduce(bucket, true, dp.size());
    }
  }

  /** Norm of the reduced gradient. */
  double norm() {
    try (GlobalNorm norm = new GlobalNorm(device.device(), device.kernels(), flat, dp, tp)) {
      return norm.of(reducer);
    }
  }

  @Override
  public void close() {
    tp.close();
    dp.close();
    device.close();
  }
}
