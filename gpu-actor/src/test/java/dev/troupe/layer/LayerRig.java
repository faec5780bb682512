package dev.troupe.layer;

import dev.troupe.collectives.device.DataType;
import dev.troupe.collectives.device.DeviceBuffer;
import dev.troupe.kernels.Accumulate;
import dev.troupe.kernels.Kernels;
import dev.troupe.kernels.Matrix;
import dev.troupe.kernels.TestDevice;
import dev.troupe.layer.ParameterSpec.GradientSync;
import dev.troupe.layer.ParameterSpec.Init;
import dev.troupe.layer.ParameterSpec.Piece;
import dev.troupe.tensor.Tensor;
import dev.troupe.tensor.Workspace;
import java.util.List;

/**
 * What a float32 layer is given in a test. Every pass starts with a workspace full of NaN, so that
 * a layer that reads what it has not written fails, and main gradients start from a known value, so
 * that one that adds where it should overwrite fails.
 */
public final class LayerRig implements AutoCloseable {
  private static final long ARENA = 1 << 20;
  private static final double OLD_GRADIENT = 0.25;

  private final TestDevice device = TestDevice.cpu(1);
  private final DeviceBuffer activations;
  private final DeviceBuffer scratch;
  private final Workspace workspace;

  /** A rig for small layers. */
  public LayerRig() {
    this(ARENA);
  }

  /** A rig with arenas of a size. */
  public LayerRig(long arenaBytes) {
    activations = device.allocate(arenaBytes);
    scratch = device.allocate(arenaBytes);
    workspace = new Workspace(activations, scratch);
  }

  /** The device below. */
  public TestDevice device() {
    return device;
  }

  /** Its kernels. */
  public Kernels kernels() {
    return device.kernels();
  }

  /** A float32 tensor outside the workspace. */
  public Tensor tensor(Matrix values) {
    return device.tensor(DataType.FLOAT32, values);
  }

  /** A parameter that is one whole logical tensor. */
  public Parameter parameter(Matrix values) {
    int rows = values.rows();
    int cols = values.cols();
    Piece whole = new Piece("w", rows, cols, 0, 0, 0, rows);
    return parameter(
        new ParameterSpec(
            "w", rows, cols, List.of(whole), true, true, GradientSync.NONE, new Init(0, 1)),
        values);
  }

  /** A parameter as it is specified. */
  public Parameter parameter(ParameterSpec spec, Matrix values) {
    Matrix old = values.map(x -> OLD_GRADIENT);
    return new Parameter(spec, tensor(values), tensor(old));
  }

  /** A new pass over an empty workspace. */
  public Pass pass(Accumulate gradients, int sequences, int length) {
    device.poison(activations);
    device.poison(scratch);
    workspace.reset();
    return new Pass(workspace, gradients, sequences, length);
  }

  /** What the one backward pass since the parameter was made has written or added. */
  public Matrix gradient(Parameter parameter, Accumulate gradients) {
    double old = gradients == Accumulate.ADD ? OLD_GRADIENT : 0;
    return device.read(parameter.grad()).map(g -> g - old);
  }

  /** The values of a tensor. */
  public Matrix read(Tensor tensor) {
    return device.read(tensor);
  }

  @Override
  public void close() {
    device.close();
  }
}
