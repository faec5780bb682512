package dev.troupe.coordinator.state;

import static dev.troupe.coordinator.TestJobs.job;
import static dev.troupe.coordinator.TestJobs.settings;
import static dev.troupe.coordinator.state.Script.FENCE;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;

import dev.troupe.coordinator.RunReady;
import dev.troupe.coordinator.StepRecord;
import dev.troupe.coordinator.ValidationRecord;
import dev.troupe.proto.error.Category;
import dev.troupe.proto.message.AssignRanks;
import dev.troupe.proto.message.CommitStep;
import dev.troupe.proto.message.Fence;
import dev.troupe.proto.message.NodePrepared;
import dev.troupe.proto.message.PrepareStep;
import dev.troupe.proto.message.RankFailed;
import dev.troupe.proto.message.RankSet;
import dev.troupe.proto.message.Vote;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.SequencedMap;
import org.junit.jupiter.api.Test;

class TrainingTest {
  private final Script script = new Script(settings(job(2, 2, 100, 0, 3), 1));

  @Test
  void aNodeThatSufficesIsAssignedItsRanks() {
    script.join();

    AssignRanks assign =
        assertInstanceOf(
            AssignRanks.class,
            script.effects.stream()
                .filter(Effect.Order.class::isInstance)
                .map(effect -> ((Effect.Order) effect).command())
                .findFirst()
                .orElseThrow());
    assertEquals(FENCE, assign.fence());
    assertEquals("job text", assign.job().jobText());
    assertEquals(4, assign.ranks().size());
  }

  @Test
  void theFirstStepIsOrderedWhenAllRanksAreReady() {
    script.training();

    assertEquals(List.of(new PrepareStep(FENCE, 1)), script.orders());
    assertEquals(
        List.of(10L, 10L, 10L, 10L), script.reports(RunReady.class).getFirst().memoryBytes());
  }

  @Test
  void theCommitCarriesTheOrderForTheNextStep() {
    script.training().take();
    script.now = 2_500_000_000L;

    script.prepared(1, 0.5);

    assertEquals(List.of(new CommitStep(FENCE, 1, true, false, false, true)), script.orders());
    assertEquals(
        List.of(new StepRecord(1, 0.5, 2.0, 1e-3, 64, 2.5, 1, 2, 2)),
        script.reports(StepRecord.class));
    assertInstanceOf(Effect.Order.class, script.effects.getFirst(), "ranks wait, people do not");
  }

  @Test
  void aStepIsCommittedOnlyWhenAllRanksPreparedIt() {
    script.training().take();

    script.on(
        new NodePrepared(
            FENCE,
            1,
            List.of(new Vote<>(Script.result(1), RankSet.of(0, 1, 3))),
            RankSet.none(),
            List.of()));
    assertEquals(List.of(), script.take());
    script.on(
        new NodePrepared(
            FENCE,
            1,
            List.of(new Vote<>(Script.result(1), RankSet.of(2))),
            RankSet.none(),
            List.of()));

    assertEquals(1, script.orders().size());
  }

  @Test
  void whatComesTwiceOrLateOrFromElsewhereHasNoEffect() {
    script.training().prepared(1).prepared(2).take();
    RunState before = script.state;

    script.prepared(1).prepared(2).prepared(4).join().ready(0);
    for (Fence other : List.of(new Fence(1, 0), new Fence(1, 2), new Fence(2, 1))) {
      script.on(
          new NodePrepared(
              other,
              3,
              List.of(new Vote<>(Script.result(1), Script.ALL)),
              RankSet.none(),
              List.of()));
      script.on(new RankFailed(other, 0, Category.INTERNAL, "old", false));
    }

    assertEquals(List.of(), script.take());
    assertEquals(before, script.state);
  }

  @Test
  void validationIsOrderedWithTheCommitAndDoesNotCountAsStepTime() {
    script.training().prepared(1).prepared(2).take();

    script.prepared(3);
    assertEquals(new CommitStep(FENCE, 3, true, false, true, true), script.orders().getFirst());
    script.now += 4_000_000_000L;
    script.validated(3);
    script.now += 1_000_000_000L;
    script.prepared(4);

    SequencedMap<String, Double> sets = new LinkedHashMap<>();
    sets.put("code", 2.0);
    sets.put("web", Double.NaN);
    assertEquals(
        List.of(new ValidationRecord(3, 3.0, 4.0, 1, sets)),
        script.reports(ValidationRecord.class));
    assertEquals(1.0, script.reports(StepRecord.class).getLast().stepSeconds());
  }

  @Test
  void aStepWaitsForTheValidationBeforeIt() {
    script.training().prepared(1).prepared(2).prepared(3).take();

    script.prepared(4);
    assertEquals(List.of(), script.orders());
    script.validated(3);

    assertEquals(new CommitStep(FENCE, 4, true, false, false, true), script.orders().getFirst());
  }
}
