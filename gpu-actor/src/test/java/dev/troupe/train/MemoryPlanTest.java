package dev.troupe.train;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTimeout;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.troupe.checkpoint.FileStorage;
import dev.troupe.collectives.comm.Communicator;
import dev.troupe.collectives.comm.Communicators;
import dev.troupe.collectives.comm.local.LocalCommunicators;
import dev.troupe.collectives.device.cpu.CpuDevice;
import dev.troupe.collectives.mesh.DeviceMesh;
import dev.troupe.collectives.mesh.Placement;
import dev.troupe.collectives.mesh.ProcessGroup;
import dev.troupe.kernels.cpu.CpuKernels;
import dev.troupe.proto.config.JobConfig;
import dev.troupe.proto.error.Category;
import dev.troupe.proto.error.TroupeException;
import dev.troupe.proto.spec.JobSpec;
import dev.troupe.proto.spec.ParallelSpec;
import dev.troupe.proto.spec.Precision;
import dev.troupe.proto.spec.Recompute;
import dev.troupe.proto.spec.Reduction;
import dev.troupe.proto.spec.SamplesSpec;
import dev.troupe.trace.HostClock;
import dev.troupe.trace.Tracer;
import java.time.Duration;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class MemoryPlanTest {
  private static final long GIB = 1L << 30;

  private static JobSpec job(
      int tp, int dp, boolean sequence, int shards, Precision precision, Recompute recompute) {
    try (ParityFixture fixture = new ParityFixture("llama-gqa")) {
      return fixture.job(
          new ParallelSpec(tp, dp, sequence, shards, Reduction.EXACT), 12, 1, precision, recompute);
    }
  }

  @ParameterizedTest
  @CsvSource({
    "1,1,1,FP32,NONE",
    "1,1,12,FP32,SELECTIVE",
    "2,1,4,FP32,NONE",
    "4,1,4,BF16,FULL",
    "1,2,2,FP32,NONE",
    "2,3,12,BF16,SELECTIVE",
    "1,5,6,FP32,FULL"
  })
  void plannedBytesAreThoseThatARankAllocates(
      int tp, int dp, int shards, Precision precision, Recompute recompute) {
    JobSpec job = job(tp, dp, false, shards, precision, recompute);
    DeviceMesh mesh = new DeviceMesh(tp, dp);
    MemoryPlan plan = MemoryPlan.of(job, tp, dp, tp - 1);
    requireAllocated(plan, Assignment.alone(job, mesh, mesh.size() - 1, new Start.Initial()));
  }

  @Test
  void aDocumentMaskIsPlanned() {
    String text = "parallel { tp = 1, dp = 1 }, train.micro-batch = 2, data.document-mask = ";
    JobSpec job = JobConfig.parse(text + true);
    MemoryPlan plan = MemoryPlan.of(job);
    MemoryPlan without = MemoryPlan.of(JobConfig.parse(text + false));
    assertEquals(2L * job.train().seqLength() * Integer.BYTES, plan.tables() - without.tables());
    requireAllocated(plan, Assignment.alone(job, new DeviceMesh(1, 1), 0, new Start.Initial()));
  }

  @ParameterizedTest
  @CsvSource({"1,1,FP32,NONE", "2,2,BF16,FULL", "4,1,FP32,SELECTIVE"})
  void memoryForTextsIsPlanned(int tp, int dp, Precision precision, Recompute recompute) {
    requireTextsPlanned(job(tp, dp, false, 4, precision, recompute), tp, dp);
  }

  @Test
  void memoryForTextsIsPlannedUnderSequenceParallelismToo() {
    requireTextsPlanned(MeshParityTest.exact(2, 2, true), 2, 2);
  }

  private static void requireTextsPlanned(JobSpec plain, int tp, int dp) {
    JobSpec writing = JobCopies.writing(plain, new SamplesSpec(List.of("a"), 5, 9, 1, 1));
    MemoryPlan plan = MemoryPlan.of(writing, tp, dp, 0);
    assertEquals(0, MemoryPlan.of(plain, tp, dp, 0).samples());
    assertTrue(plan.samples() > 0, plan::toString);
    requireAllocated(
        plan, Assignment.alone(writing, new DeviceMesh(tp, dp), 0, new Start.Initial()));
  }

  /** The last of three ranks keeps copies of the states of the two that are on the other node. */
  @ParameterizedTest
  @CsvSource({"a1 a2 b1,2", "a1 a2 a3,1", "a1 b1 b1,1", "a1 a1 a1,0"})
  void everyCopyIsPlanned(String processes, int copies) {
    JobSpec job = job(1, 3, false, 3, Precision.FP32, Recompute.NONE);
    List<RankHome> homes =
        Arrays.stream(processes.split(" "))
            .map(name -> new RankHome(name.substring(0, 1), name))
            .toList();
    DeviceMesh mesh = new DeviceMesh(1, 3);
    StateVault vault = new StateVault();
    Start start = new Start.Initial();
    Assignment assignment = new Assignment(job, 1, mesh, 2, 3, 2, start, homes, vault);
    MemoryPlan plan = MemoryPlan.of(assignment);
    MemoryPlan alone = MemoryPlan.of(job, 1, 3, 0);
    assertEquals(copies * 2 * alone.optimizer(), plan.copies(), "of float32: masters, gradient");
    assertEquals((1 + copies) * alone.kept(), plan.kept());
    requireAllocated(plan, assignment);
  }

  private static void requireAllocated(MemoryPlan plan, Assignment assignment) {
    CpuDevice cpu = new CpuDevice("cpu:test", 1);
    CountingDevice device = new CountingDevice(cpu);
    try (RankParts parts =
        new RankParts(
            assignment,
            new RankBackend(
                device,
                new CpuKernels(cpu),
                new LocalCommunicators(),
                assignment.tracer(new HostClock(), cpu.newStream(), Tracer.Ranges.NONE),
                plan,
                plan::total,
                RankBackend.NO_CONNECTIONS))) {
      assertEquals(plan.total(), device.allocated());
      assertEquals(device.allocated(), parts.memoryBytes());
    }
  }

  private static MemoryPlan plan(Recompute recompute) {
    return MemoryPlan.of(job(1, 1, false, 1, Precision.FP32, recompute));
  }

  @Test
  void recomputationLowersActivationsAndNothingElse() {
    MemoryPlan none = plan(Recompute.NONE);
    MemoryPlan selective = plan(Recompute.SELECTIVE);
    MemoryPlan full = plan(Recompute.FULL);
    assertTrue(selective.activations() < none.activations(), "selective below none");
    assertTrue(full.activations() < selective.activations(), "full below selective");
    assertEquals(none.parameters(), full.parameters());
    assertEquals(none.gradients(), full.gradients());
    assertEquals(none.optimizer(), full.optimizer());
  }

  @Test
  void dataParallelRanksShareTheOptimizerState() {
    MemoryPlan one = MemoryPlan.of(job(1, 1, false, 4, Precision.BF16, Recompute.NONE));
    MemoryPlan four = MemoryPlan.of(job(1, 4, false, 4, Precision.BF16, Recompute.NONE));
    assertEquals(one.parameters() * 6, one.optimizer(), "three float32 for a bfloat16");
    assertEquals(four.parameters() * 6 / 4, four.optimizer());
    assertEquals(0, four.accumulator(), "one pass needs no sums");
    assertTrue(one.accumulator() > 0, "four passes need sums");
  }

  private static JobSpec llama65b() {
    return JobConfig.parse("model.preset = llama-65b, parallel { tp = 1, dp = 1 }");
  }

  @Test
  void aLargeModelIsPlannedAtOnceAndRefusedWithItsBytes() {
    JobSpec job = llama65b();
    MemoryPlan plan = assertTimeout(Duration.ofSeconds(1), () -> MemoryPlan.of(job));
    assertTrue(plan.parameters() >= 4 * job.model().parameters(), "all parameters are planned");
    TroupeException refused =
        assertThrows(TroupeException.class, () -> plan.checkFits(1, 64 * GIB));
    assertEquals(Category.RESOURCE, refused.category());
    String message = String.valueOf(refused.getMessage());
    String bytes = String.format(Locale.ROOT, "%,d bytes", plan.parameters());
    assertTrue(message.contains(bytes), message);
    assertTrue(message.contains("64.0 GiB free"), message);
    assertTrue(message.contains("parallel.tp"), message);
    long needed = plan.total() + plan.snapshot() + plan.kept();
    plan.checkFits(1, needed);
    assertThrows(TroupeException.class, () -> plan.checkFits(1, needed - 1));
    assertThrows(TroupeException.class, () -> plan.checkFits(2, needed));
  }

  @Test
  void aTrainerIsRefusedBeforeAnythingIsOpenedOrAllocated() {
    CpuTrainerFactory factory =
        new CpuTrainerFactory(
            new TrainingData(
                (step, first, sequences, inputs, targets) -> {
                  throw new AssertionError("data were read");
                },
                Optional.empty()),
            new FileStorage());
    Assignment assignment =
        Assignment.alone(llama65b(), new DeviceMesh(1, 1), 0, new Start.Initial());
    Set<Thread> before = lanes();
    TroupeException refused =
        assertTimeout(
            Duration.ofSeconds(5),
            () ->
                assertThrows(
                    TroupeException.class,
                    () -> factory.create(assignment, new NoCommunicators())));
    assertEquals(Category.RESOURCE, refused.category());
    String message = String.valueOf(refused.getMessage());
    assertTrue(message.contains("not enough memory"), message);
    Set<Thread> left = lanes();
    left.removeAll(before);
    assertEquals(Set.of(), left, "threads of the refused device");
  }

  private static Set<Thread> lanes() {
    return Thread.getAllStackTraces().keySet().stream()
        .filter(thread -> thread.getName().startsWith("lane-"))
        .collect(Collectors.toCollection(HashSet::new));
  }

  /** Communicators that nobody may open. */
  private static final class NoCommunicators implements Communicators {
    @Override
    public void place(long epoch, Placement placement) {}

    @Override
    public Communicator open(long epoch, ProcessGroup group, int rank) {
      throw new AssertionError("opened " + group);
    }

    @Override
    public void abort(long epoch, String reason) {}
  }
}
