package dev.troupe.train;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import dev.troupe.collectives.mesh.DeviceMesh;
import dev.troupe.optim.OptimizerState;
import dev.troupe.proto.spec.JobSpec;
import dev.troupe.proto.spec.Precision;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A flipped bit is seen at the end of the step, and whose it is. */
class ReplicaCheckTest {
  private static final int MANY = 1_000_003;

  /** Elements all over the buckets, so that they lie in slices of several owners. */
  private static final List<Long> ELEMENTS = List.of(0L, 9_999L, 31_000L, 77_777L);

  @ParameterizedTest
  @CsvSource({"2,FP32", "3,FP32", "4,FP32", "2,BF16", "3,BF16"})
  void aFlippedParameterNamesItsRankAlone(int dp, Precision precision) {
    for (long element : ELEMENTS) {
      int victim = (int) (element % dp);
      Damage damage = new Damage.ParameterBit(element, 3);
      assertEquals(List.of(victim), suspects(job(precision, 1), dp, victim, damage, true, 1));
    }
  }

  /** Without copies, three ranks or masters of their own make the majority. */
  @ParameterizedTest
  @CsvSource({"3,FP32", "4,FP32", "2,BF16"})
  void aFlippedParameterNamesItsRankWithoutCopies(int dp, Precision precision) {
    for (long element : ELEMENTS) {
      Damage damage = new Damage.ParameterBit(element, 30);
      assertEquals(List.of(1), suspects(job(precision, 1), dp, 1, damage, false, 1));
    }
  }

  /** Two ranks without copies have one voice each; a rank that owns the element convicts itself. */
  @Test
  void ofTwoRanksWithoutCopiesBothAreSuspectsUnlessTheOwnerIsHit() {
    Set<List<Integer>> found = new TreeSet<>((a, b) -> a.toString().compareTo(b.toString()));
    for (long element : ELEMENTS) {
      Damage damage = new Damage.ParameterBit(element, 0);
      found.add(suspects(job(Precision.FP32, 1), 2, 0, damage, false, 1));
    }
    assertEquals(Set.of(List.of(0), List.of(0, 1)), Set.copyOf(found));
  }

  @ParameterizedTest
  @CsvSource({"2,true", "3,true", "4,true", "2,false"})
  void aFlippedMomentNamesItsRankAlone(int dp, boolean copies) {
    for (int victim = 0; victim < dp; victim++) {
      Damage damage = new Damage.MomentBit(MANY + 17 * victim, 31);
      assertEquals(
          List.of(victim), suspects(job(Precision.FP32, 1), dp, victim, damage, copies, 1));
    }
  }

  /** A flip that an update came after: the owner's word against its buddy's. */
  @Test
  void ofAnOldDifferenceBothAreSuspects() {
    Damage damage = new Damage.MomentBit(5, 20);
    JobSpec job = job(Precision.FP32, 4);
    assertEquals(List.of(1, 2), suspects(job, 3, 1, damage, true, 4));
  }

  /** Index 2 keeps copies of the two others: its node has to make up for theirs. */
  @ParameterizedTest
  @CsvSource({"0,FP32", "1,FP32", "1,BF16"})
  void aFlipInOneOfSeveralCopiesNamesWhoKeepsThem(int ward, Precision precision) {
    assertEquals(List.of(List.of(2), List.of(2), List.of(2)), copyFlipped(ward, precision, 1));
  }

  /** Of a copy that an update came after, its word is against that of the one whose copy it is. */
  @ParameterizedTest
  @CsvSource({"0", "1"})
  void ofAnOldDifferenceOfACopyItsWardIsNamedToo(int ward) {
    List<Integer> both = List.of(ward, 2);
    assertEquals(List.of(both, both, both), copyFlipped(ward, Precision.FP32, 4));
  }

  /** What the ranks find at the first check after the flip. */
  private static List<List<Integer>> copyFlipped(int ward, Precision precision, int every) {
    return new Processes()
        .run(
            job(precision, every),
            new DeviceMesh(1, 3),
            new Start.Initial(),
            List.of("a1", "a2", "b1"),
            (parts, trainer) -> {
              trainer.prepare();
              trainer.commit();
              if (parts.dp().rank() == 2) {
                OptimizerState copy = parts.adam().copies().get(ward);
                assertEquals(ward, copy.dpIndex());
                new Saboteur(parts.device(), parts.flat(), copy)
                    .flip(new Damage.MomentBit(4_321, 20));
              }
              Prepared next = trainer.prepare();
              while (next.step() % every != 0) {
                trainer.commit();
                next = trainer.prepare();
              }
              return next.suspects();
            });
  }

  /** The whole mesh agrees within each data-parallel group, and groups do not blame each other. */
  @Test
  void ranksOfTheMeshAreNamedNotThoseOfTheGroup() {
    JobSpec job = JobCopies.checked(MeshParityTest.exact(2, 3, false), Precision.FP32, 1);
    List<List<Integer>> found =
        new Processes()
            .run(
                job,
                new DeviceMesh(2, 3),
                new Start.Initial(),
                List.of("a1", "a1", "b1", "b1", "c1", "c1"),
                (parts, trainer) -> {
                  if (parts.assignment().rank() == 5) {
                    trainer.damage(new Damage.ParameterBit(12, 12));
                  }
                  return trainer.prepare().suspects();
                });
    List<Integer> none = List.of();
    List<Integer> last = List.of(5);
    assertEquals(List.of(none, last, none, last, none, last), found);
  }

  @Test
  void aGradientThatIsNotFiniteIsSeenByAllRanksAndIsGoneTheNextTime() {
    JobSpec job = job(Precision.FP32, 1);
    List<Integer> unused =
        new Processes()
            .run(
                job,
                new DeviceMesh(1, 2),
                new Start.Initial(),
                List.of("a1", "b1"),
                (parts, trainer) -> {
                  if (parts.assignment().rank() == 1) {
                    trainer.damage(new Damage.NonFiniteGradient());
                  }
                  Prepared spoilt = trainer.prepare();
                  assertFalse(spoilt.finite());
                  assertEquals(List.of(), spoilt.suspects());
                  assertEquals(1, trainer.prepare().step(), "the step is computed again");
                  assertEquals(true, trainer.prepare().finite());
                  return 0;
                });
  }

  /** What all ranks find in {@code step}, where the damage comes before the first. */
  private static List<Integer> suspects(
      JobSpec job, int dp, int victim, Damage damage, boolean copies, int step) {
    List<String> homes = new ArrayList<>();
    for (int rank = 0; rank < dp; rank++) {
      homes.add(copies ? "a" + rank : "a");
    }
    List<List<Integer>> found =
        new Processes()
            .run(
                job,
                new DeviceMesh(1, dp),
                new Start.Initial(),
                homes,
                (parts, trainer) -> {
                  Prepared prepared = trainer.prepare();
                  trainer.commit();
                  if (parts.dp().rank() == victim) {
                    trainer.damage(damage);
                  }
                  while (prepared.step() < step + 1) {
                    assertEquals(List.of(), prepared.suspects());
                    prepared = trainer.prepare();
                    if (prepared.step() % job.integrity().every() != 0) {
                      trainer.commit();
                    } else if (!prepared.suspects().isEmpty()) {
                      return prepared.suspects();
                    }
                  }
                  return prepared.suspects();
                });
    found.forEach(each -> assertEquals(found.getFirst(), each, "ranks agree"));
    return found.getFirst();
  }

  private static JobSpec job(Precision precision, int every) {
    return JobCopies.checked(MeshParityTest.exact(1, 4, false), precision, every);
  }
}
