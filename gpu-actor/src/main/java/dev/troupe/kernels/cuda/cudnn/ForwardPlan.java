package dev.troupe.kernels.cuda.cudnn;

/** A compiled forward pass with room for its arguments. Used by one thread. */
public final class ForwardPlan implements AutoCloseable {
  private final ExecutionPlan plan;
  private final Arguments arguments;

  ForwardPlan(Geometry geometry, DeviceProperties device) {
    try (Graph graph = ForwardGraph.build(geometry)) {
      plan = ExecutionPlan.compile(graph, device);
    }
    arguments =
        new Arguments(plan.scalars(), Operand.Q, Operand.K, Operand.V, Operand.OUT, Operand.STATS);
  }

  /** What is compiled. */
  ExecutionPlan plan() {
    return plan;
  }

  /** Temporary memory of a run. */
  public long temporaryBytes() {
    return plan.workspaceBytes();
  }

  /**
   * Gives the pass to the handle's stream. Addresses are multiples of 16.
   *
   * @param temporary address of {@link #temporaryBytes} bytes
   */
  public void run(CudnnHandle handle, long out, long lse, long q, long k, long v, long temporary) {
    handle.run(plan, arguments(out, lse, q, k, v, temporary));
  }

  /** The arguments of a run, valid until the next. */
  Descriptor arguments(long out, long lse, long q, long k, long v, long temporary) {
    return arguments.set(0, q).set(1, k).set(2, v).set(3, out).set(4, lse).finish(temporary);
  }

  @Override
  public void close() {
    arguments.close();
    plan.close();
  }
}
