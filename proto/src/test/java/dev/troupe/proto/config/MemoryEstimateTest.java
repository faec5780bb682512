package dev.troupe.proto.config;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.troupe.proto.error.Category;
import dev.troupe.proto.error.TroupeException;
import dev.troupe.proto.spec.JobSpec;
import org.junit.jupiter.api.Test;

class MemoryEstimateTest {
  private static final String LLAMA = "model.preset = llama-7b, train.global-batch = 64\n";

  @Test
  void oneRankHoldsTheWholeModel() {
    JobSpec job = JobConfig.parse(LLAMA + "parallel { tp = 1, dp = 1 }");
    MemoryEstimate memory = MemoryEstimate.of(job);
    assertEquals(4 * job.model().parameters(), memory.parameters());
    assertEquals(4 * job.model().parameters(), memory.gradients());
    assertEquals(8 * job.model().parameters(), memory.optimizer());
  }

  @Test
  void bf16HalvesParametersAndAddsMasterWeights() {
    JobSpec job = JobConfig.parse(LLAMA + "precision = bf16, parallel { tp = 1, dp = 1 }");
    MemoryEstimate memory = MemoryEstimate.of(job);
    assertEquals(2 * job.model().parameters(), memory.parameters());
    assertEquals(12 * job.model().parameters(), memory.optimizer());
  }

  @Test
  void tensorParallelRanksShareAllButTheNorms() {
    JobSpec job = JobConfig.parse(LLAMA + "parallel { tp = 2, dp = 1 }");
    long norms = (2L * job.model().layers() + 1) * job.model().hidden();
    long half = (job.model().parameters() - norms) / 2 + norms;
    assertEquals(4 * half, MemoryEstimate.of(job).parameters());
  }

  @Test
  void sharedKeyValueHeadsAreCopied() {
    JobSpec job = JobConfig.parse("model.kv-heads = 1, parallel { tp = 4, dp = 1 }");
    long keyAndValue = 2L * job.model().hidden() * job.model().headDim();
    JobSpec single = JobConfig.parse("model.kv-heads = 1, parallel { tp = 1, dp = 1 }");
    long blocks = job.model().layers() * keyAndValue;
    long norms = (2L * job.model().layers() + 1) * job.model().hidden();
    // Vocabulary 257 is padded to 512 over four ranks and to 384 on one.
    long vocabulary = 2L * job.model().hidden() * 512 / 4;
    long whole = single.model().parameters() - 2L * 257 * job.model().hidden() - norms - blocks;
    assertEquals(
        whole / 4 + blocks + norms + vocabulary,
        MemoryEstimate.parametersPerRank(job.model(), job.parallel()));
  }

  @Test
  void dataParallelRanksShareTheOptimizer() {
    MemoryEstimate one = MemoryEstimate.of(JobConfig.parse(LLAMA + "parallel { tp = 2, dp = 1 }"));
    MemoryEstimate four = MemoryEstimate.of(JobConfig.parse(LLAMA + "parallel { tp = 2, dp = 4 }"));
    assertEquals(one.optimizer(), 4 * four.optimizer());
    assertEquals(one.gradients(), four.gradients());
  }

  @Test
  void recomputationLowersActivations() {
    long none = activations("none");
    long selective = activations("selective");
    long full = activations("full");
    assertTrue(full < selective && selective < none, full + " " + selective + " " + none);
  }

  private static long activations(String recompute) {
    return MemoryEstimate.of(JobConfig.parse("train.recompute = " + recompute)).activations();
  }

  @Test
  void aModelThatDoesNotFitIsRefusedWithTheTable() {
    MemoryEstimate memory = MemoryEstimate.of(JobConfig.parse("model.preset = llama-65b"));
    TroupeException e = assertThrows(TroupeException.class, () -> memory.requireFits(24L << 30, 4));
    assertEquals(Category.RESOURCE, e.category());
    assertTrue(e.toString().contains("24.0 GiB"), e::toString);
    assertTrue(e.toString().contains(ByteSize.text(4 * memory.total())), e::toString);
    assertTrue(e.toString().contains("optimizer state"), e::toString);
  }

  @Test
  void aModelThatFitsExactlyIsAccepted() {
    MemoryEstimate memory = MemoryEstimate.of(JobConfig.parse(""));
    memory.requireFits(4 * memory.total(), 4);
    assertThrows(TroupeException.class, () -> memory.requireFits(4 * memory.total() - 1, 4));
  }
}
