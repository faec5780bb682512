package dev.troupe.deploy.api;

import static dev.troupe.deploy.api.Boards.event;
import static dev.troupe.deploy.api.Boards.header;
import static dev.troupe.deploy.api.Boards.hear;
import static dev.troupe.deploy.api.Boards.step;
import static java.util.Objects.requireNonNull;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.troupe.coordinator.RunHeader;
import dev.troupe.coordinator.RunReady;
import dev.troupe.coordinator.RunResult;
import dev.troupe.deploy.api.RunStatus.Presence;
import dev.troupe.deploy.api.RunStatus.Rank;
import dev.troupe.deploy.api.RunStatus.State;
import dev.troupe.deploy.report.Recoveries;
import dev.troupe.proto.error.Category;
import dev.troupe.proto.error.TroupeException;
import dev.troupe.proto.message.RankPlace;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class StatusBoardTest {
  @Test
  void theStateFollowsTheReports() {
    StatusBoard board = Boards.empty();
    List<State> states = new ArrayList<>(List.of(board.get().state()));
    for (var report :
        List.of(
            header(1, 0),
            new RunReady(1, List.of(1L), 0.5),
            step(9, 2, 1),
            step(10, 2, 1),
            RunResult.completed(10))) {
      hear(board, report);
      states.add(board.get().state());
    }
    assertEquals(
        List.of(
            State.GATHERING,
            State.STARTING,
            State.TRAINING,
            State.TRAINING,
            State.SAVING,
            State.FINISHED),
        states);
    assertEquals(new RunStatus.End("completed", 0, ""), board.get().end());
  }

  @Test
  void aRunThatWasAskedToStopStaysSo() {
    StatusBoard board = Boards.training();
    hear(board, event("stop-requested", Map.of("reason", "x")), step(10, 2, 1));
    assertEquals(State.STOPPING, board.get().state());
    hear(board, RunResult.stopped(10, "x"));
    assertEquals(new RunStatus.End("stopped", 0, "x"), board.get().end());
  }

  @Test
  void figuresAreOfTheLastStepAndOfAll() {
    RunStatus status = Boards.training().get();
    assertEquals(3, status.step());
    assertEquals(10, status.steps());
    assertEquals(new RunStatus.LastStep(2.5, 1e-3, 0.5, 1_000, 500, 2, 2), status.lastStep());
    assertEquals(14, requireNonNull(status.etaSeconds())); // 7 steps of the median's 2 s
    assertEquals(
        new RunStatus.Validation(3, 2.75, 0.1, List.of(new RunStatus.SetLoss("code", 1.5))),
        status.validation());
    assertEquals(new RunStatus.Mesh(1, 2, 2), status.mesh());
    assertEquals(3, status.totals().steps());
    assertEquals(3_000, status.totals().tokens());
    assertEquals(1, status.totals().checkpoints());
    assertEquals(1, status.totals().checkpointFailures());
    assertEquals(6, status.totals().stepSeconds().sum());
    assertEquals(Boards.START, status.startedAt());
  }

  @Test
  void aLostNodeHasNoRanksAndANewMeshGivesItSome() {
    StatusBoard board = Boards.training();
    hear(board, event("node-lost", Map.of("node", "b")));
    RunStatus.Node lost = board.get().nodes().getLast();
    assertEquals(new RunStatus.Node("b", Presence.LOST, 2, List.of()), lost);
    hear(board, Boards.joined("b"), header(2, 2));
    assertEquals(
        new RunStatus.Node("b", Presence.TRAINING, 2, List.of(new Rank(2, 0), new Rank(3, 1))),
        board.get().nodes().getLast());
    assertEquals(State.STARTING, board.get().state());
    assertEquals(2, board.get().step());
  }

  private static List<Presence> presence(StatusBoard board) {
    return board.get().nodes().stream().map(RunStatus.Node::state).toList();
  }

  @Test
  void aNodeIsASpareATrainerLeavesAndIsGone() {
    StatusBoard board = Boards.training();
    hear(board, Boards.joined("c"));
    assertEquals(List.of(Presence.TRAINING, Presence.TRAINING, Presence.SPARE), presence(board));
    hear(board, event("drain-requested", Map.of("node", "b")));
    assertEquals(List.of(Presence.TRAINING, Presence.LEAVING, Presence.SPARE), presence(board));
    assertEquals(2, board.get().nodes().get(1).ranks().size());
    hear(board, event("regrouping", Map.of("reason", "b leaves")));
    assertEquals(State.REGROUPING, board.get().state());
    hear(
        board,
        new RunHeader(
            Boards.JOB, 2, 2, 1, Map.of("c", List.of(new RankPlace(0, 0))), "cpu:0", null, 3));
    assertEquals(List.of(Presence.SPARE, Presence.LEAVING, Presence.TRAINING), presence(board));
    hear(board, event("node-released", Map.of("node", "b")));
    assertEquals(List.of(Presence.SPARE, Presence.TRAINING), presence(board));
  }

  @Test
  void recoveriesAreCounted() {
    StatusBoard board = Boards.training();
    assertEquals(Recoveries.NONE, board.get().totals().recoveries());
    for (double seconds : List.of(3.0, 1.5)) {
      hear(board, event("recovered", Map.of("seconds", seconds, "steps_recomputed", 2L)));
    }
    assertEquals(new Recoveries(2, 4, 1.5), board.get().totals().recoveries());
    assertEquals(board.get(), StatusJson.read(StatusJson.write(board.get())));
    String metrics = RunMetrics.text(board.get());
    for (String sample :
        List.of(
            "troupe_recoveries_total{run=\"two-nodes\"} 2",
            "troupe_recomputed_steps_total{run=\"two-nodes\"} 4",
            "troupe_last_recovery_seconds{run=\"two-nodes\"} 1.5")) {
      assertTrue(metrics.contains(sample), metrics);
    }
  }

  @Test
  void theFirstStepIsAnnouncedOnce() {
    StatusBoard board = Boards.empty();
    hear(board, header(1, 0), new RunReady(1, List.of(1L), 0.5));
    assertFalse(board.firstStep().isDone());
    hear(board, step(1, 2, 1), step(2, 2, 1));
    assertTrue(board.firstStep().isDone());
  }

  @Test
  void theMedianForgets() {
    MovingMedian median = new MovingMedian(3);
    assertEquals(1, median.add(1));
    assertEquals(50.5, median.add(100));
    assertEquals(2, median.add(2));
    assertEquals(3, median.add(3)); // of 100, 2, 3
    assertEquals(3, median.add(4)); // of 2, 3, 4
  }

  @Test
  void aDurationCountsUpToItsBound() {
    Histogram seconds = Histogram.EMPTY.plus(0.001).plus(0.0011).plus(1e6);
    assertEquals(1, seconds.counts().getFirst());
    assertEquals(1, seconds.counts().get(1));
    assertEquals(1, seconds.counts().getLast());
    assertEquals(3, seconds.count());
  }

  @Test
  void jsonIsReadBackAsItWas() {
    StatusBoard board = Boards.training();
    hear(board, RunResult.failed(3, Category.PEER, "node b is gone"));
    assertEquals(board.get(), StatusJson.read(StatusJson.write(board.get())));
    assertEquals(Boards.empty().get(), StatusJson.read(StatusJson.write(Boards.empty().get())));
  }

  @Test
  void aLossThatIsNoNumberIsNullInJson() {
    StatusBoard board = Boards.empty();
    hear(board, step(1, Double.NaN, 1));
    String json = StatusJson.write(board.get());
    assertTrue(json.contains("\"loss\": null"), json);
    assertEquals(Double.NaN, requireNonNull(StatusJson.read(json).lastStep()).loss());
    assertNull(board.get().checkpoint());
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "[]", "{}", "<html>", "{\"run\":1,\"state\":\"dancing\"}", "null"})
  void anotherAnswerIsRefused(String text) {
    TroupeException e = assertThrows(TroupeException.class, () -> StatusJson.read(text));
    assertEquals(Category.PEER, e.category());
  }
}
