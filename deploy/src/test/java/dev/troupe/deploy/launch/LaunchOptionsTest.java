package dev.troupe.deploy.launch;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.troupe.proto.config.JobConfig;
import dev.troupe.proto.error.Category;
import dev.troupe.proto.error.TroupeException;
import dev.troupe.proto.spec.JobSpec;
import java.util.List;
import java.util.OptionalInt;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class LaunchOptionsTest {
  private static final OptionalInt NONE = OptionalInt.empty();

  private static JobSpec job(String... settings) {
    return JobConfig.load(
        null,
        Stream.concat(Stream.of("train.global-batch=12", "parallel.tp=1"), Stream.of(settings))
            .toList());
  }

  private static OptionalInt some(int value) {
    return OptionalInt.of(value);
  }

  private static String refusal(OptionalInt nodes, OptionalInt ranks, JobSpec job) {
    TroupeException e =
        assertThrows(TroupeException.class, () -> LaunchOptions.of(List.of(), nodes, ranks, job));
    assertEquals(Category.USAGE, e.category());
    return String.valueOf(e.getMessage());
  }

  @Test
  void ranksANodeFollowFromTheJob() {
    JobSpec job = job("parallel.tp=2", "parallel.dp=3");
    assertEquals(6, LaunchOptions.of(List.of(), NONE, NONE, job).ranksPerNode());
    assertEquals(4, LaunchOptions.of(List.of(), some(2), NONE, job).ranksPerNode());
    assertEquals(2, LaunchOptions.of(List.of(), some(3), NONE, job).ranksPerNode());
  }

  @Test
  void sparesHoldNoRanksOfTheJob() {
    JobSpec job = job("parallel.dp=3", "elastic.spares=1");
    LaunchOptions options = LaunchOptions.of(List.of(), some(4), NONE, job);
    assertEquals(1, options.ranksPerNode());
    assertEquals(4, options.nodes());
    assertTrue(refusal(some(3), some(1), job).contains("elastic.spares=1"));
    assertTrue(refusal(some(1), NONE, job).contains("leaves none to train"));
    assertEquals(2, LaunchOptions.of(List.of(), NONE, NONE, job).nodes());
  }

  @Test
  void theJobMustFitUnlessItsWidthFollowsTheNodes() {
    assertTrue(refusal(some(2), some(1), job("parallel.dp=3")).contains("3 are needed"));
    JobSpec elastic = job("parallel.dp=3", "elastic.max-nodes=3");
    assertEquals(2, LaunchOptions.of(List.of(), some(2), some(1), elastic).nodes());
    JobSpec wide = job("parallel.tp=2", "parallel.dp=3", "elastic.max-nodes=3");
    assertTrue(refusal(some(2), some(1), wide).contains("1 are needed"));
  }

  @Test
  void nodesHaveNamesAndNumbers() {
    LaunchOptions here = LaunchOptions.of(List.of(), some(2), NONE, job("parallel.dp=2"));
    assertEquals(List.of("node-0", "node-1", "node-2"), here.names(3));
    assertEquals(2, here.index("node-2"));
    LaunchOptions there = LaunchOptions.of(List.of("a", "b-7"), NONE, NONE, job("parallel.dp=2"));
    assertEquals(List.of("a", "b-7"), there.names(9));
    assertEquals(0, there.index("b-7"));
  }
}
