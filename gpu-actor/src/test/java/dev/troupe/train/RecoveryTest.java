package dev.troupe.train;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.troupe.checkpoint.StateKind;
import dev.troupe.collectives.comm.CommunicatorAbortedException;
import dev.troupe.collectives.mesh.DeviceMesh;
import dev.troupe.proto.error.Category;
import dev.troupe.proto.error.TroupeException;
import dev.troupe.proto.spec.JobSpec;
import dev.troupe.proto.spec.Precision;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CyclicBarrier;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** States that go from mesh to mesh through memory are those of the run that was left alone. */
class RecoveryTest {
  private final Processes processes = new Processes();

  /** A mesh of the walk: its processes by data-parallel index, and the one that dies after it. */
  private record Stage(int steps, List<String> byDpIndex, String victim) {}

  /** The first letter of a process is its node's. */
  private static final List<Stage> WALK =
      List.of(
          new Stage(2, List.of("a1", "a2", "b1", "b2"), "b2"),
          new Stage(1, List.of("a1", "a1", "a2"), "a2"),
          new Stage(2, List.of("a1"), "nobody"),
          new Stage(1, List.of("a1", "c1"), "a1"),
          new Stage(2, List.of("c1", "d1", "d2", "c1"), "nobody"));

  @ParameterizedTest
  @CsvSource({"1,FP32", "2,FP32", "2,BF16"})
  void aWalkOverWidthsWithLossesEndsWithTheBitsOfAnUndisturbedRun(int tp, Precision precision) {
    JobSpec job = job(tp, precision);
    int steps = WALK.stream().mapToInt(Stage::steps).sum();
    List<String> last = WALK.getLast().byDpIndex();
    processes.run(job, new DeviceMesh(tp, 4), new Start.Initial(), ranks(last, tp), train(steps));
    Start.Memory expected = processes.held(steps, last);
    List<ByteBuffer> bytes = processes.bytes(expected);
    last.forEach(processes::kill);

    Start start = new Start.Initial();
    long done = 0;
    for (Stage stage : WALK) {
      List<String> homes = ranks(stage.byDpIndex(), tp);
      DeviceMesh mesh = new DeviceMesh(tp, stage.byDpIndex().size());
      processes.run(job, mesh, start, homes, train(stage.steps()));
      done += stage.steps();
      processes.kill(stage.victim());
      start = processes.held(done, survivors(stage));
    }
    Start.Memory actual = processes.held(steps, last);
    assertEquals(places(expected), places(actual));
    assertEquals(bytes, processes.bytes(actual));
  }

  private static List<String> survivors(Stage stage) {
    return stage.byDpIndex().stream().filter(name -> !name.equals(stage.victim())).toList();
  }

  private static List<String> places(Start.Memory memory) {
    return memory.parts().stream()
        .map(part -> part.key().dpIndex() + "." + part.key().tpIndex() + " " + part.processes())
        .toList();
  }

  /** Steps, each compared over the replicas, then the end of the mesh. */
  private static Ranks.Work<Integer> train(int steps) {
    return (parts, trainer) -> {
      for (int i = 0; i < steps; i++) {
        assertEquals(List.of(), trainer.prepare().suspects());
        trainer.commit();
      }
      trainer.keep(trainer.step(), true);
      return 0;
    };
  }

  /** Where a node has more than half of the ranks, others keep copies of several. */
  @ParameterizedTest
  @CsvSource({
    "a1 a2 b1,a,1,FP32",
    "a1 a2 b1,b,1,BF16",
    "a1 a2 a2 b1,a,1,BF16",
    "a1 b1 b1,b,2,FP32",
    "a1 b1 b2,a,2,FP32"
  })
  void ofAnUnevenMeshAnyNodeMayBeLost(String homes, String lost, int tp, Precision precision) {
    JobSpec job = job(tp, precision);
    List<String> first = List.of(homes.split(" "));
    List<String> last =
        Stream.concat(
                first.stream().filter(name -> !name.startsWith(lost)).distinct(), Stream.of("c1"))
            .toList();
    DeviceMesh narrow = new DeviceMesh(tp, last.size());
    processes.run(job, narrow, new Start.Initial(), ranks(last, tp), train(3));
    Start.Memory expected = processes.held(3, last);
    List<ByteBuffer> bytes = processes.bytes(expected);
    last.forEach(processes::kill);

    DeviceMesh uneven = new DeviceMesh(tp, first.size());
    processes.run(job, uneven, new Start.Initial(), ranks(first, tp), train(2));
    first.stream().filter(name -> name.startsWith(lost)).forEach(processes::kill);
    processes.run(job, narrow, processes.held(2, first), ranks(last, tp), train(1));
    Start.Memory actual = processes.held(3, last);
    assertEquals(places(expected), places(actual));
    assertEquals(bytes, processes.bytes(actual));
  }

  /** Of four ranks, one never hears of the commit and ends the epoch while the others gather. */
  @Test
  void aCommitThatSomeDidNotHearOfIsMadeGood() {
    JobSpec job = job(1, Precision.FP32);
    List<String> homes = List.of("a1", "a2", "b1", "b2");
    DeviceMesh mesh = new DeviceMesh(1, 4);
    processes.run(job, mesh, new Start.Initial(), homes, train(3));
    List<ByteBuffer> expected = processes.bytes(processes.held(3, homes));
    homes.forEach(processes::kill);
    CyclicBarrier prepared = new CyclicBarrier(homes.size());
    processes.run(
        job,
        mesh,
        new Start.Initial(),
        homes,
        (parts, trainer) -> {
          trainer.prepare();
          trainer.commit();
          trainer.prepare();
          trainer.commit();
          trainer.prepare();
          prepared.await();
          if (parts.assignment().rank() == 1) {
            processes.communicators().abort(processes.epoch(), "the coordinator is gone");
          } else {
            assertThrows(CommunicatorAbortedException.class, trainer::commit);
          }
          trainer.keep(3, true);
          return 0;
        });
    assertEquals(expected, processes.bytes(processes.held(3, homes)));
  }

  @Test
  void aPreparedStepThatWasNotCommittedIsForgotten() {
    JobSpec job = job(1, Precision.FP32);
    List<String> homes = List.of("a1", "b1");
    DeviceMesh mesh = new DeviceMesh(1, 2);
    Ranks.Work<Integer> alsoPrepare =
        (parts, trainer) -> {
          trainer.prepare();
          trainer.commit();
          trainer.prepare();
          trainer.keep(1, true);
          return 0;
        };
    processes.run(job, mesh, new Start.Initial(), homes, train(1));
    List<ByteBuffer> expected = processes.bytes(processes.held(1, homes));
    homes.forEach(processes::kill);
    processes.run(job, mesh, new Start.Initial(), homes, alsoPrepare);
    assertEquals(expected, processes.bytes(processes.held(1, homes)));
  }

  @Test
  void nothingIsHeldOfAStepThatTheTrainerIsNotAt() {
    JobSpec job = job(1, Precision.FP32);
    List<String> homes = List.of("a1", "b1");
    processes.run(
        job,
        new DeviceMesh(1, 2),
        new Start.Initial(),
        homes,
        (parts, trainer) -> {
          trainer.keep(0, true);
          assertFalse(parts.assignment().vault().keys().isEmpty(), "step 0 is there");
          trainer.keep(1, true);
          assertEquals(List.of(), parts.assignment().vault().keys());
          return 0;
        });
  }

  /** The first rank's memory changes after the step, and nobody compares it any more. */
  private Start.Memory damagedAfterAStep(JobSpec job, List<String> homes, Damage damage) {
    processes.run(
        job,
        new DeviceMesh(1, 2),
        new Start.Initial(),
        homes,
        (parts, trainer) -> {
          trainer.prepare();
          trainer.commit();
          if (parts.assignment().rank() == 0) {
            trainer.damage(damage);
          }
          trainer.keep(1, true);
          return 0;
        });
    return processes.held(1, homes);
  }

  @Test
  void aRankWhoseMemoryChangedByItselfKeepsNothing() {
    List<String> homes = List.of("a1", "b1");
    Start.Memory held =
        damagedAfterAStep(job(1, Precision.FP32), homes, new Damage.MomentBit(17, 3));
    assertEquals(2, held.parts().size());
    held.parts().forEach(part -> assertEquals(List.of("b1"), part.processes()));
  }

  @Test
  void copiesThatAreNotTheSameHaveNotTheSameDigest() {
    JobSpec seldom = JobCopies.checked(MeshParityTest.exact(1, 4, false), Precision.FP32, 100);
    List<String> homes = List.of("a1", "b1");
    Start.Memory held = damagedAfterAStep(seldom, homes, new Damage.MomentBit(17, 3));
    for (Start.Part part : held.parts()) {
      assertEquals(2, part.processes().size());
      long one = Objects.requireNonNull(processes.vault("a1").digests().get(part.key()));
      long other = Objects.requireNonNull(processes.vault("b1").digests().get(part.key()));
      assertEquals(part.key().dpIndex() == 1, one == other, part.key().toString());
    }
  }

  @Test
  void aStepThatIsNotFiniteCountsWithoutAnUpdate() {
    JobSpec job = job(1, Precision.FP32);
    List<String> homes = List.of("a1", "b1");
    processes.run(
        job,
        new DeviceMesh(1, 2),
        new Start.Initial(),
        homes,
        (parts, trainer) -> {
          if (parts.assignment().rank() == 1) {
            trainer.damage(new Damage.NonFiniteGradient());
          }
          assertFalse(trainer.prepare().finite(), "every rank sees it");
          trainer.keep(1, true);
          return 0;
        });
    for (Start.Part part : processes.held(1, homes).parts()) {
      HeldState state = processes.vault(part.processes().getFirst()).get(part.key());
      assertNotNull(state);
      MemorySegment moments = state.elements(StateKind.EXP_AVG, 0, state.elements());
      MemorySegment zeros = MemorySegment.ofArray(new byte[(int) moments.byteSize()]);
      assertEquals(-1, moments.mismatch(zeros), "no update was made");
    }
  }

  @Test
  void aChunkThatChangedInMemoryIsRefusedWithItsPartAndProcess() {
    JobSpec job = job(1, Precision.FP32);
    List<String> homes = List.of("a1", "b1");
    processes.run(job, new DeviceMesh(1, 2), new Start.Initial(), homes, train(1));
    Start.Memory held = processes.held(1, homes);
    HeldKey key = held.parts().getFirst().key();
    HeldState state = processes.vault("a1").get(key);
    assertNotNull(state);
    state.elements(StateKind.EXP_AVG_SQ, 1500, 1).setAtIndex(ValueLayout.JAVA_FLOAT, 0, 7);
    AssertionError failure =
        assertThrows(
            AssertionError.class,
            () ->
                processes.run(
                    job, new DeviceMesh(1, 3), held, List.of("a1", "c1", "b1"), train(1)));
    TroupeException refusal = refusal(failure);
    assertEquals(Category.PEER, refusal.category());
    String message = String.valueOf(refusal.getMessage());
    for (String part : List.of("step 1", "share 0 of 2", "process a1", "SHA-256")) {
      assertTrue(message.contains(part), message);
    }
  }

  private static TroupeException refusal(Throwable failure) {
    for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
      if (cause instanceof TroupeException refusal) {
        return refusal;
      }
    }
    throw new AssertionError("no refusal", failure);
  }

  private static List<String> ranks(List<String> byDpIndex, int tp) {
    return byDpIndex.stream().flatMap(name -> Collections.nCopies(tp, name).stream()).toList();
  }

  private static JobSpec job(int tp, Precision precision) {
    return JobCopies.checked(MeshParityTest.exact(tp, 4, false), precision, 1);
  }
}
