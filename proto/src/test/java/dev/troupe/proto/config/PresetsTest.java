package dev.troupe.proto.config;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.troupe.proto.spec.ModelSpec;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PresetsTest {
  /** The published parameter counts: LLaMA 1 table 2, and the weights of Llama 2 and 3. */
  @ParameterizedTest
  @CsvSource({
    "tinyllama-1b, 1100048384",
    "llama-7b, 6738415616",
    "llama-13b, 13015864320",
    "llama-33b, 32528943616",
    "llama-65b, 65285660672",
    "llama2-7b, 6738415616",
    "llama2-13b, 13015864320",
    "llama2-70b, 68976648192",
    "llama3-8b, 8030261248",
    "llama3-70b, 70553706496",
  })
  void presetsHaveThePublishedSize(String preset, long parameters) {
    assertEquals(parameters, JobConfig.parse("model.preset = " + preset).model().parameters());
  }

  @Test
  void familiesDifferInMoreThanSize() {
    ModelSpec one = JobConfig.parse("model.preset = llama-7b").model();
    ModelSpec two = JobConfig.parse("model.preset = llama2-7b").model();
    ModelSpec three = JobConfig.parse("model.preset = llama3-8b").model();
    assertEquals(1e-6, one.normEps());
    assertEquals(1e-5, two.normEps());
    assertEquals(2048, one.maxSeq());
    assertEquals(4096, two.maxSeq());
    assertEquals(8192, three.maxSeq());
    assertEquals(500_000, three.ropeBase());
    assertEquals(8, three.kvHeads());
  }
}
