package dev.troupe.kernels.cuda.cudnn;

import dev.troupe.kernels.AttentionShape;

/** A compiled backward pass with room for its arguments. Used by one thread. */
public final class BackwardPlan implements AutoCloseable {
  private static final long ALIGNMENT = 512;

  /** Addresses of the tensors of a run, multiples of 16. */
  public record Addresses(
      long dq, long dk, long dv, long dOut, long out, long lse, long q, long k, long v) {}

  private final ExecutionPlan plan;
  private final Arguments arguments;
  private final boolean sumsApart;
  private final long rowSumBytes;
  private final long dqSumBytes;

  BackwardPlan(Gradients gradients, DeviceProperties device) {
    try (Graph graph = BackwardGraph.build(gradients)) {
      plan = ExecutionPlan.compile(graph, device);
    }
    AttentionShape shape = gradients.forward().shape();
    long rows = (long) shape.sequences() * shape.heads() * shape.queryLength();
    sumsApart = !gradients.deterministic();
    rowSumBytes = aligned(rows * Float.BYTES);
    dqSumBytes = sumsApart ? aligned(rows * shape.headDim() * Float.BYTES) : 0;
    arguments = new Arguments(plan.scalars(), operands(sumsApart));
  }

  private static Operand[] operands(boolean sumsApart) {
    Operand[] operands = new Operand[sumsApart ? 11 : 10];
    Operand[] all = Operand.values();
    System.arraycopy(all, 0, operands, 0, operands.length);
    return operands;
  }

  private static long aligned(long bytes) {
    return (bytes + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
  }

  /** What is compiled. */
  ExecutionPlan plan() {
    return plan;
  }

  /** Temporary memory of a run. */
  public long temporaryBytes() {
    return rowSumBytes + dqSumBytes + plan.workspaceBytes();
  }

  /**
   * Gives the pass to the handle's stream.
   *
   * @param temporary address of {@link #temporaryBytes} bytes, a multiple of 512
   */
  public void run(CudnnHandle handle, Addresses at, long temporary) {
    handle.run(plan, arguments(at, temporary));
  }

  /** The arguments of a run, valid until the next. */
  Descriptor arguments(Addresses at, long temporary) {
    arguments
        .set(Operand.Q.ordinal(), at.q())
        .set(Operand.K.ordinal(), at.k())
        .set(Operand.V.ordinal(), at.v())
        .set(Operand.OUT.ordinal(), at.out())
        .set(Operand.STATS.ordinal(), at.lse())
        .set(Operand.D_OUT.ordinal(), at.dOut())
        .set(Operand.DQ.ordinal(), at.dq())
        .set(Operand.DK.ordinal(), at.dk())
        .set(Operand.DV.ordinal(), at.dv())
        .set(Operand.ROW_SUMS.ordinal(), temporary);
    if (sumsApart) {
      arguments.set(Operand.DQ_SUM.ordinal(), temporary + rowSumBytes);
    }
    return arguments.finish(temporary + rowSumBytes + dqSumBytes);
  }

  @Override
  public void close() {
    arguments.close();
    plan.close();
  }
}
