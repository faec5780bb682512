package dev.troupe.train;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.troupe.collectives.comm.CommunicatorAbortedException;
import dev.troupe.collectives.device.cuda.EmulatedGpu;
import dev.troupe.collectives.mesh.DeviceMesh;
import dev.troupe.proto.spec.CudaSpec;
import dev.troupe.proto.spec.JobSpec;
import dev.troupe.proto.spec.Precision;
import dev.troupe.proto.spec.Reduction;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CyclicBarrier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Recovery from memory on emulated GPUs: copies, comparison, and the way through the hosts. */
class CudaRecoveryTest {
  private static final List<String> FIRST = List.of("a1", "b1");

  private final EmulatedGpu gpu = EmulatedGpu.start();
  private final GpuTrainers trainers = new GpuTrainers(gpu);
  private final Processes processes = new Processes();

  @TempDir Path folder;

  @BeforeEach
  @AfterEach
  void clean() {
    gpu.reset();
  }

  @ParameterizedTest
  @EnumSource(Precision.class)
  void shouldGoOnWithTheSameBitsAtOtherWidthsAfterLosses(Precision precision) throws Exception {
    JobSpec job = job(precision);
    train(job, new Start.Initial(), FIRST, 3);
    List<ByteBuffer> expected = processes.bytes(processes.held(3, FIRST));
    FIRST.forEach(processes::kill);

    train(job, new Start.Initial(), FIRST, 1);
    processes.kill("b1");
    List<String> three = List.of("a1", "c1", "c2");
    train(job, processes.held(1, List.of("a1")), three, 1);
    processes.kill("c1");
    processes.kill("c2"); // a1 has copies of both
    train(job, processes.held(2, List.of("a1")), FIRST, 1);
    assertEquals(expected, processes.bytes(processes.held(3, FIRST)));
  }

  private void train(JobSpec job, Start start, List<String> homes, int steps) throws Exception {
    DeviceMesh mesh = new DeviceMesh(1, homes.size());
    trainers.run(
        processes.assignments(job, mesh, start, homes),
        MeshParityTest.data(job),
        trainer -> {
          for (int i = 0; i < steps; i++) {
            assertEquals(List.of(), trainer.prepare().suspects());
            trainer.commit();
          }
          trainer.keep(trainer.step(), true);
          return 0;
        });
  }

  /** One rank ends the epoch where the other gathers parameters: both have the next step. */
  @Test
  void shouldMakeGoodACommitThatWasCutOff() throws Exception {
    JobSpec job = job(Precision.FP32);
    train(job, new Start.Initial(), FIRST, 2);
    List<ByteBuffer> expected = processes.bytes(processes.held(2, FIRST));
    FIRST.forEach(processes::kill);
    CyclicBarrier prepared = new CyclicBarrier(FIRST.size());
    trainers.run(
        processes.assignments(job, new DeviceMesh(1, 2), new Start.Initial(), FIRST),
        MeshParityTest.data(job),
        trainer -> {
          trainer.prepare();
          trainer.commit();
          trainer.prepare();
          prepared.await();
          if (Thread.currentThread().getName().equals(GpuTrainers.threadName(1))) {
            trainers.abort(processes.epoch());
          } else {
            try {
              trainer.commit();
              trainer.prepare();
            } catch (CommunicatorAbortedException cutOff) {
              trainer.keep(2, true);
              return 0;
            }
            throw new AssertionError("nobody gathered with this rank");
          }
          trainer.keep(2, true);
          return 0;
        });
    assertEquals(expected, processes.bytes(processes.held(2, FIRST)));
  }

  @Test
  void shouldNameTheGpuWhoseMemoryIsDamaged() throws Exception {
    JobSpec job = job(Precision.BF16);
    DeviceMesh mesh = new DeviceMesh(1, 2);
    for (Damage damage :
        List.of(new Damage.ParameterBit(40_000, 14), new Damage.MomentBit(3_000, 2))) {
      List<List<Integer>> suspects =
          trainers.run(
              processes.assignments(job, mesh, new Start.Initial(), FIRST),
              MeshParityTest.data(job),
              trainer -> {
                assertEquals(List.of(), trainer.prepare().suspects());
                trainer.commit();
                if (Thread.currentThread().getName().equals(GpuTrainers.threadName(1))) {
                  trainer.damage(damage);
                }
                return trainer.prepare().suspects();
              });
      assertEquals(List.of(List.of(1), List.of(1)), suspects, damage::toString);
    }
  }

  private JobSpec job(Precision precision) {
    CudaSpec d = CudaSpec.defaults();
    CudaSpec cuda =
        new CudaSpec(null, false, d.attention(), true, folder.resolve("tuning").toString(), 20);
    JobSpec exact = MeshParityTest.job(1, 2, false, 6, Reduction.EXACT, false);
    return JobCopies.onGpu(JobCopies.checked(exact, precision, 1), precision, cuda);
  }
}
