package dev.troupe.train;

import dev.troupe.collectives.comm.Communicator;
import dev.troupe.collectives.comm.Communicators;
import dev.troupe.collectives.device.Device;
import dev.troupe.collectives.device.DeviceBuffer;
import dev.troupe.collectives.mesh.DeviceMesh;
import dev.troupe.collectives.mesh.ProcessGroup;
import dev.troupe.kernels.Kernels;
import dev.troupe.model.Llama;
import dev.troupe.model.LlamaBuilder;
import dev.troupe.model.LlamaLayout;
import dev.troupe.model.RopeFrequencies;
import dev.troupe.model.RopeTable;
import dev.troupe.optim.AdamW;
import dev.troupe.optim.Buddies;
import dev.troupe.optim.FlatParameters;
import dev.troupe.optim.GlobalNorm;
import dev.troupe.proto.spec.JobSpec;
import dev.troupe.proto.spec.Recompute;
import dev.troupe.tensor.Tensor;
import dev.troupe.tensor.Workspace;
import dev.troupe.trace.Traced;
import dev.troupe.trace.Tracer;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Everything that one rank's training step works on. The one owner of its device memory,
 * communicators, kernels and device: closing it closes them, last made first.
 */
final class RankParts implements AutoCloseable {
  private final Assignment assignment;
  private final Device device;
  private final Communicator tp;
  private final Communicator dp;
  private final Communicator keyValue;
  private final FlatParameters flat;
  private final Llama model;
  private final AdamW adam;
  private final GlobalNorm norm;
  private final @Nullable ReplicaCheck replicas;
  private final WaitingTime waiting = new WaitingTime();
  private final Microbatches microbatches;
  private final @Nullable TextSampler sampler;
  private final @Nullable DeviceBuffer accumulator;
  private final MemoryPlan plan;
  private final LongSupplier taken;
  private final Tracer tracer;
  private final Deque<AutoCloseable> owned = new ArrayDeque<>();

  /** Allocates all of it on the backend's device; owns the backend from now on. */
  RankParts(Assignment assignment, RankBackend backend) {
    this.assignment = assignment;
    this.device = backend.device();
    this.tracer = backend.tracer();
    this.taken = backend.taken();
    own(backend);
    JobSpec job = assignment.job();
    boolean traced = job.profile().steps() > 0;
    Kernels kernels = traced ? Traced.kernels(backend.kernels(), tracer) : backend.kernels();
    Communicators communicators =
        traced ? Traced.communicators(backend.communicators(), tracer) : backend.communicators();
    DeviceMesh mesh = assignment.mesh();
    int rank = assignment.rank();
    int tpIndex = mesh.coordinate(rank).tp();
    plan = backend.plan();
    try {
      tp = open(communicators, mesh.tensorGroup(rank));
      dp = open(communicators, mesh.dataGroup(rank));
      keyValue = open(communicators, mesh.keyValueGroup(rank, job.model().kvHeads()));
      LlamaLayout layout = MemoryPlan.layout(job, mesh.tp(), tpIndex);
      flat =
          FlatParameters.place(
              layout.buckets(),
              mesh.dp(),
              MemoryPlan.type(job.precision()),
              own(device.allocate(plan.parameters())),
              own(device.allocate(plan.gradients())));
      accumulator = plan.accumulator() == 0 ? null : own(device.allocate(plan.accumulator()));
      Tensor rope =
          RopeTable.fill(
              device,
              own(RopeTable.allocate(device, job.train().seqLength(), job.model().headDim())),
              job.train().seqLength(),
              RopeFrequencies.of(job.model()));
      model =
          new LlamaBuilder(layout, kernels, tp, rope, job.train().recompute()).build(flat.byName());
      Buddies buddies = assignment.buddies();
      adam = own(new AdamW(device, kernels, flat, dp, job.train(), buddies));
      norm = own(new GlobalNorm(device, kernels, flat, dp, tp));
      int every = job.integrity().every();
      replicas =
          every == 0 || mesh.dp() == 1
              ? null
              : own(new ReplicaCheck(device, dp, flat, adam, buddies, every));
      Workspace workspace =
          new Workspace(
              own(device.allocate(plan.activations())), own(device.allocate(plan.scratch())));
      microbatches =
          own(new Microbatches(device, model, workspace, job.train(), job.data().documentMask()));
      sampler =
          job.samples().every() == 0
              ? null
              : own(
                  new TextSampler(
                      device,
                      kernels,
                      tp,
                      new LlamaBuilder(layout.whole(), kernels, tp, rope, Recompute.NONE)
                          .build(flat.byName()),
                      workspace,
                      layout,
                      job));
    } catch (RuntimeException e) {
      close();
      throw e;
    }
  }

  private Communicator open(Communicators communicators, ProcessGroup group) {
    return own(waiting.of(communicators.open(assignment.epoch(), group, assignment.rank())));
  }

  private <T extends AutoCloseable> T own(T resource) {
    owned.push(resource);
    return resource;
  }

  Assignment assignment() {
    return assignment;
  }

  Device device() {
    return device;
  }

  Communicator tp() {
    return tp;
  }

  Communicator dp() {
    return dp;
  }

  /** Ranks that hold the same key/value heads. */
  Communicator keyValue() {
    return keyValue;
  }

  FlatParameters flat() {
    return flat;
  }

  Llama model() {
    return model;
  }

  Tracer tracer() {
    return tracer;
  }

  AdamW adam() {
    return adam;
  }

  GlobalNorm norm() {
    return norm;
  }

  /** Compares the replicas; null where there are none, or the job does not want it. */
  @Nullable ReplicaCheck replicas() {
    return replicas;
  }

  /** Time spent in the collectives of these parts. */
  WaitingTime waiting() {
    return waiting;
  }

  /** For the injection of faults. */
  Saboteur saboteur() {
    return new Saboteur(device, flat, adam.own());
  }

  Microbatches microbatches() {
    return microbatches;
  }

  /** Writes texts; null where the job wants none. */
  @Nullable TextSampler sampler() {
    return sampler;
  }

  /** Memory for the running sums of a reduction in several passes. */
  @Nullable DeviceBuffer accumulator() {
    return accumulator;
  }

  /** Throws where the epoch was aborted: what was read from the device is not to be believed. */
  void checkCommunicators() {
    tp.check();
    dp.check();
    keyValue.check();
  }

  long memoryBytes() {
    return taken.getAsLong();
  }

  @Override
  public void close() {
    RuntimeException first = null;
    while (!owned.isEmpty()) {
      try {
        owned.pop().close();
      } catch (Exception e) {
        first = first == null ? new IllegalStateException("closing a rank failed", e) : first;
      }
    }
    if (first != null) {
      throw first;
    }
  }
}
