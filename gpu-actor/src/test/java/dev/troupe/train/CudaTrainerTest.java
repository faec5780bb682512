package dev.troupe.train;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.troupe.collectives.comm.CommunicatorAbortedException;
import dev.troupe.collectives.device.cuda.EmulatedGpu;
import dev.troupe.proto.error.TroupeException;
import dev.troupe.proto.spec.CudaAttention;
import dev.troupe.proto.spec.CudaSpec;
import dev.troupe.proto.spec.JobSpec;
import dev.troupe.proto.spec.Precision;
import dev.troupe.proto.spec.ProfileSpec;
import dev.troupe.proto.spec.Reduction;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Whole trainers on emulated GPUs: the CPU's losses, and a clean end wherever a call fails. */
class CudaTrainerTest {
  private static final int STEPS = 4;
  private static final int OUT_OF_MEMORY = 2;
  private static final int ILLEGAL_ADDRESS = 700;

  private final EmulatedGpu gpu = EmulatedGpu.start();
  private final GpuTrainers trainers = new GpuTrainers(gpu);

  @TempDir Path folder;

  @BeforeEach
  void clean() {
    gpu.reset();
  }

  @AfterEach
  void nothingIsLeft() {
    gpu.reset();
    for (String what :
        List.of("bytes", "hostAllocations", "streams", "events", "modules", "communicators")) {
      assertEquals(0, gpu.stat(what), what + " left behind");
    }
  }

  @ParameterizedTest
  @CsvSource({"1,1,false", "2,1,false", "2,1,true", "1,2,false", "2,2,true"})
  void shouldTrainAsTheCpuDoes(int tp, int dp, boolean sequence) throws Exception {
    JobSpec onCpu = MeshParityTest.job(tp, dp, sequence, 4, Reduction.EXACT, false);
    List<Double> expected = MeshParityTest.losses(onCpu, null, STEPS);
    List<Double> actual = losses(onGpu(onCpu, Precision.FP32), 1);
    for (int i = 0; i < STEPS; i++) {
      assertEquals(expected.get(i), actual.get(i), 1e-4, "step " + (i + 1));
    }
  }

  @Test
  void shouldGiveTheSameBitsAtAnyDataParallelWidth() throws Exception {
    List<Double> one = losses(onGpu(exact(1), Precision.FP32), 1);
    assertEquals(one, losses(onGpu(exact(2), Precision.FP32), 2));
    assertEquals(one, losses(onGpu(exact(3), Precision.FP32), 3));
  }

  @ParameterizedTest
  @CsvSource({"1,2,false,FP32,EXACT", "2,1,true,FP32,FAST", "2,2,true,BF16,EXACT"})
  void shouldWriteTextsBetweenStepsAndTrainAsWithoutThem(
      int tp, int dp, boolean sequence, Precision precision, Reduction reduction) throws Exception {
    JobSpec onCpu = MeshParityTest.job(tp, dp, sequence, 4, reduction, false);
    JobSpec plain = onGpu(onCpu, precision, CudaAttention.FLASH);
    JobSpec writing = TextSamplerTest.writing(plain, 1, 1);
    List<Double> expected = losses(plain, 1);
    TreeMap<Integer, String> first = new TreeMap<>();
    for (int epoch = 2; epoch < 4; epoch++) {
      TreeMap<Integer, String> texts = new TreeMap<>();
      List<List<Double>> losses =
          trainers.run(
              writing,
              TextSamplerTest.data(writing),
              epoch,
              trainer -> {
                List<Double> found = new ArrayList<>();
                for (int i = 0; i < STEPS; i++) {
                  found.add(trainer.prepare().loss());
                  trainer.commit();
                  SortedMap<Integer, String> written = trainer.sample();
                  synchronized (texts) {
                    texts.putAll(written);
                  }
                }
                return found;
              });
      losses.forEach(found -> assertEquals(expected, found));
      assertEquals(3, texts.size());
      assertTrue(first.isEmpty() || first.equals(texts), () -> first + " and then " + texts);
      first.putAll(texts);
    }
  }

  @Test
  void shouldGiveTheSameBitsHoweverStreamsAreDelayed() throws Exception {
    JobSpec job = onGpu(MeshParityTest.job(2, 2, true, 4, Reduction.FAST, false), Precision.BF16);
    List<Double> quiet = losses(job, 1);
    gpu.jitter(300);
    assertEquals(quiet, losses(job, 2));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "cuDevicePrimaryCtxRetain",
        "cuMemCreate",
        "cuMemSetAccess",
        "cuStreamCreateWithPriority",
        "cuModuleLoadData",
        "cuModuleGetFunction",
        "cuMemHostAlloc",
        "cuMemsetD8Async",
        "cublasLtMatmulAlgoGetHeuristic",
        "ncclCommInitRankConfig"
      })
  void shouldEndCleanlyWhereACallOfTheSetUpFails(String function) throws Exception {
    JobSpec job = onGpu(exact(2), Precision.FP32);
    gpu.fail(function, 1, OUT_OF_MEMORY);
    assertThrows(RuntimeException.class, () -> losses(job, 1));
    gpu.reset();
    assertEquals(STEPS, losses(job, 2).size(), "the next epoch trains");
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 40, 150})
  void shouldLoseTheEpochWithTheContextOfOneRank(int launch) {
    JobSpec job = onGpu(exact(2), Precision.FP32);
    gpu.fail("cuLaunchKernel", launch, ILLEGAL_ADDRESS);
    RuntimeException failure = assertThrows(RuntimeException.class, () -> losses(job, 1));
    assertTrue(
        failure instanceof TroupeException || failure instanceof CommunicatorAbortedException,
        () -> "not for people: " + failure);
  }

  @Test
  void shouldTellWhatTakesHowMuchWhereMemoryIsShort() throws Exception {
    JobSpec job = onGpu(exact(1), Precision.FP32);
    gpu.fail("cuMemCreate", 1, OUT_OF_MEMORY);
    TroupeException failure = assertThrows(TroupeException.class, () -> losses(job, 1));
    assertTrue(String.valueOf(failure.getMessage()).contains("activations"), failure::toString);
    assertTrue(String.valueOf(failure.getMessage()).contains("optimizer state"), failure::toString);
  }

  @Test
  void shouldTraceStreamsOfTheGpu() throws Exception {
    JobSpec job = JobCopies.traced(onGpu(exact(2), Precision.FP32), folder, new ProfileSpec(2, 1));
    assertEquals(losses(onGpu(exact(2), Precision.FP32), 1), losses(job, 2));
    String trace = trace();
    for (String part : List.of("kernels", "phases", "ranks [0, 1]", "reduceScatter", "AdamW")) {
      assertTrue(trace.contains(part), part + " is missing");
    }
  }

  private String trace() throws IOException {
    return Files.readString(folder.resolve("profile").resolve("rank-00001.json"));
  }

  /** Six shards a step, summed in their order. */
  private static JobSpec exact(int dp) {
    return MeshParityTest.job(1, dp, false, 6, Reduction.EXACT, false);
  }

  private List<Double> losses(JobSpec job, long epoch) throws Exception {
    return trainers
        .run(
            job,
            MeshParityTest.data(job),
            epoch,
            trainer -> {
              List<Double> losses = new ArrayList<>();
              for (int i = 0; i < STEPS; i++) {
                losses.add(trainer.prepare().loss());
                trainer.commit();
              }
              return losses;
            })
        .getFirst();
  }

  private JobSpec onGpu(JobSpec job, Precision precision) {
    return onGpu(job, precision, CudaSpec.defaults().attention());
  }

  private JobSpec onGpu(JobSpec job, Precision precision, CudaAttention attention) {
    CudaSpec cuda =
        new CudaSpec(null, false, attention, true, folder.resolve("tuning").toString(), 20);
    return JobCopies.onGpu(job, precision, cuda);
  }
}
