package dev.troupe.kernels.cuda.cudnn;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.bytedeco.cuda.global.cudnn;
import org.jspecify.annotations.Nullable;

/**
 * A compiled graph: its kernels are chosen and built, for a device that need not be there. What
 * runs on a GPU is loaded from the plan's written form, as cuDNN asks for plans that were compiled
 * for a description of a device.
 */
final class ExecutionPlan implements AutoCloseable {
  private final Descriptor descriptor;
  private final Descriptor configuration;
  private final long workspaceBytes;
  private final Map<Long, Float> scalars;
  private @Nullable Descriptor loaded;

  private ExecutionPlan(Descriptor descriptor, Descriptor configuration, Map<Long, Float> scalars) {
    this.descriptor = descriptor;
    this.configuration = configuration;
    this.scalars = Map.copyOf(scalars);
    workspaceBytes = descriptor.number(cudnn.CUDNN_ATTR_EXECUTION_PLAN_WORKSPACE_SIZE);
  }

  /**
   * Compiles the configuration that cuDNN thinks fastest, or the next one that compiles. Takes some
   * hundred milliseconds.
   *
   * @param graph may be closed after this
   * @throws CudnnException where nothing compiles, with the reason for each configuration
   */
  static ExecutionPlan compile(Graph graph, DeviceProperties device) {
    List<Descriptor> owned = new ArrayList<>();
    try {
      List<String> refusals = new ArrayList<>();
      for (Descriptor configuration : configurations(graph.finish(), device, owned)) {
        Descriptor plan = new Descriptor(cudnn.CUDNN_BACKEND_EXECUTION_PLAN_DESCRIPTOR);
        try {
          plan.set(cudnn.CUDNN_ATTR_EXECUTION_PLAN_ENGINE_CONFIG, configuration)
              .set(cudnn.CUDNN_ATTR_EXECUTION_PLAN_DEVICEPROP, device.descriptor())
              .finish("plan of " + graph.size() + " operations");
          owned.remove(configuration);
          return new ExecutionPlan(plan, configuration, graph.scalars());
        } catch (CudnnException e) {
          plan.close();
          refusals.add(String.valueOf(e.getMessage()));
        }
      }
      throw new CudnnException(
          refusals.isEmpty()
              ? "cuDNN has no engine for this attention on this GPU"
              : String.join("; ", refusals));
    } finally {
      owned.reversed().forEach(Descriptor::close);
    }
  }

  private static List<Descriptor> configurations(
      Descriptor graph, DeviceProperties device, List<Descriptor> owned) {
    Descriptor heuristics = own(owned, cudnn.CUDNN_BACKEND_ENGINEHEUR_DESCRIPTOR);
    heuristics
        .set(cudnn.CUDNN_ATTR_ENGINEHEUR_OPERATION_GRAPH, graph)
        .set(cudnn.CUDNN_ATTR_ENGINEHEUR_MODE, cudnn.CUDNN_TYPE_HEUR_MODE, cudnn.CUDNN_HEUR_MODE_A)
        .set(cudnn.CUDNN_ATTR_ENGINEHEUR_DEVICEPROP, device.descriptor())
        .finish("heuristics");
    int count = heuristics.count(cudnn.CUDNN_ATTR_ENGINEHEUR_RESULTS);
    List<Descriptor> results = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      results.add(own(owned, cudnn.CUDNN_BACKEND_ENGINECFG_DESCRIPTOR));
    }
    // Fewer may be filled than were counted; compiling one that was not ends the process.
    int filled = count == 0 ? 0 : heuristics.fill(cudnn.CUDNN_ATTR_ENGINEHEUR_RESULTS, results);
    return results.subList(0, filled);
  }

  private static Descriptor own(List<Descriptor> owned, int type) {
    Descriptor descriptor = new Descriptor(type);
    owned.add(descriptor);
    return descriptor;
  }

  /** Temporary memory of a run. */
  long workspaceBytes() {
    return workspaceBytes;
  }

  /** The constants of the graph, by identifier: part of the arguments of a run. */
  Map<Long, Float> scalars() {
    return scalars;
  }

  /** The plan for people and files: JSON. */
  String written() {
    return descriptor.text(cudnn.CUDNN_ATTR_EXECUTION_PLAN_JSON_REPRESENTATION);
  }

  /** The plan on a GPU; always with the same handle. */
  Descriptor on(CudnnHandle handle) {
    Descriptor there = loaded;
    if (there == null) {
      there = handle.load(written());
      loaded = there;
    }
    return there;
  }

  @Override
  public void close() {
    if (loaded != null) {
      loaded.close();
    }
    descriptor.close();
    configuration.close();
  }
}
