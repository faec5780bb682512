package dev.troupe.coordinator.state;

import static dev.troupe.coordinator.TestJobs.job;
import static dev.troupe.coordinator.TestJobs.settings;
import static dev.troupe.coordinator.state.Script.FENCE;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.troupe.coordinator.RunEvent;
import dev.troupe.coordinator.RunResult;
import dev.troupe.coordinator.SamplesRecord;
import dev.troupe.coordinator.SamplesRecord.Sample;
import dev.troupe.coordinator.StepRecord;
import dev.troupe.proto.error.Category;
import dev.troupe.proto.message.CommitStep;
import dev.troupe.proto.message.Fence;
import dev.troupe.proto.message.NodeSampled;
import dev.troupe.proto.message.PrepareStep;
import dev.troupe.proto.message.RankFailed;
import dev.troupe.proto.message.RankSet;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/** Texts that the model writes between two steps. */
class SamplingTest {
  private static final List<Sample> TEXTS =
      List.of(new Sample("Once", "zero"), new Sample("Twice", "one"));

  private final Script script = new Script(settings(job(2, 2, 100, 0, 4, 2), 1));

  private static CommitStep commit(long step, boolean validate, boolean sample) {
    return new CommitStep(FENCE, step, true, false, validate, true, sample);
  }

  @Test
  void textsAreOrderedWithTheCommitAndDoNotCountAsStepTime() {
    script.training().prepared(1).take();

    script.prepared(2);
    assertEquals(List.of(commit(2, false, true)), script.orders());
    script.now += 4_000_000_000L;
    script.sampled(2);
    script.now += 1_000_000_000L;
    script.prepared(3);

    assertEquals(List.of(new SamplesRecord(2, TEXTS, 4.0, 1)), script.reports(SamplesRecord.class));
    assertEquals(1.0, script.reports(StepRecord.class).getLast().stepSeconds());
    assertEquals(commit(3, false, false), script.orders().getLast());
  }

  @Test
  void aStepWaitsForTheTextsAndForTheValidation() {
    script.training().prepared(1).prepared(2).sampled(2).prepared(3).prepared(4).take();

    script.prepared(5).sampled(4, RankSet.of(0, 1), Map.of(0, "zero"));
    assertEquals(List.of(), script.take());
    script.sampled(4, RankSet.of(2, 3), Map.of(1, "one"));
    assertEquals(List.of(), script.orders(), "the validation is not done");
    script.validated(4);

    assertEquals(1, script.reports(SamplesRecord.class).size());
    assertEquals(List.of(commit(5, false, false)), script.orders());
  }

  @Test
  void whatComesTwiceOrLateOrFromElsewhereHasNoEffect() {
    script.training().prepared(1).prepared(2).sampled(2, RankSet.of(0, 1), Map.of(0, "zero"));
    script.take();
    RunState before = script.state;

    script.sampled(2, RankSet.of(0, 1), Map.of(0, "other")).sampled(1);
    TreeMap<Integer, String> texts = new TreeMap<>(Map.of(1, "other"));
    script.on(new NodeSampled(new Fence(1, 2), 2, RankSet.of(2, 3), texts));

    assertEquals(List.of(), script.take());
    assertEquals(before, script.state);
    script.sampled(2);
    assertEquals(TEXTS, script.reports(SamplesRecord.class).getFirst().samples());
    script.take();
    script.sampled(2);
    assertEquals(List.of(), script.take());
  }

  @Test
  void aMeshThatEndsTakesTheTextsUnderWayWithIt() {
    script.training().prepared(1).prepared(2).holding(2).take();

    script.on(new RankFailed(FENCE, 3, Category.PEER, "was killed by SIGKILL", false));
    script.ready(2);

    assertEquals(new PrepareStep(new Fence(1, 2), 3), script.orders().getLast());
    script.take();
    script.prepared(3).sampled(2);
    assertEquals(3, script.reports(StepRecord.class).getFirst().step(), "nothing was waited for");
    assertEquals(List.of(), script.reports(SamplesRecord.class));
  }

  @Test
  void theLastStepHasTextsThatAreWaitedForBeforeTheEnd() {
    Script last = new Script(settings(job(2, 2, 3, 0, 0, 2), 1));
    last.training().prepared(1).prepared(2).sampled(2).take();

    last.prepared(3);
    assertEquals(List.of(new CommitStep(FENCE, 3, true, true, false, false, true)), last.orders());
    last.begun(3).saved(3).published(3).take();
    last.sampled(3).stopped();

    assertEquals(3, last.reports(SamplesRecord.class).getFirst().step());
    assertEquals(List.of(RunResult.completed(3)), last.reports(RunResult.class));
  }

  @Test
  void ranksThatDoNotAnswerInTimeAreNamed() {
    Script last = new Script(settings(job(2, 2, 2, 0, 0, 2), 1));
    last.training().prepared(1).prepared(2).begun(2).saved(2).published(2);
    last.sampled(2, RankSet.of(0, 1, 3), Map.of()).take();

    last.after(3.5);

    RunEvent regrouping = last.reports(RunEvent.class).getFirst();
    assertEquals("regrouping", regrouping.type());
    String reason = String.valueOf(regrouping.fields().get("reason"));
    assertTrue(reason.contains("2 (") && reason.contains("write the texts after step 2"), reason);
  }
}
