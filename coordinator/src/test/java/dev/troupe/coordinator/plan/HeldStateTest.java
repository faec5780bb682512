package dev.troupe.coordinator.plan;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.troupe.proto.message.Holding;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class HeldStateTest {
  private static final Set<String> BOTH = Set.of("p", "q");

  private static List<Holding> mesh(long epoch, long step, int dp, String process) {
    List<Holding> all = new ArrayList<>();
    for (int i = 0; i < dp; i++) {
      all.add(new Holding(epoch, step, dp, i, 0, process, 0));
      all.add(new Holding(epoch, step, dp, i, 1, process, 0));
    }
    return all;
  }

  @Test
  void aStateIsWholeWithEveryPartAndOnlyThen() {
    List<Holding> held = mesh(3, 10, 3, "p");
    assertEquals(held, HeldState.whole(held, 10, 2, BOTH));

    held.remove(4);
    assertEquals(List.of(), HeldState.whole(held, 10, 2, BOTH));
  }

  @Test
  void partsOfOtherStepsProcessesAndMeshesDoNotCount() {
    List<Holding> held = mesh(3, 10, 2, "p");
    Holding missing = held.removeLast();

    held.add(new Holding(3, 9, 2, missing.dpIndex(), missing.tpIndex(), "p", 0));
    held.add(new Holding(3, 10, 2, missing.dpIndex(), missing.tpIndex(), "elsewhere", 0));
    held.add(new Holding(2, 10, 2, missing.dpIndex(), missing.tpIndex(), "p", 0));
    assertEquals(List.of(), HeldState.whole(held, 10, 2, BOTH));

    held.add(new Holding(3, 10, 2, missing.dpIndex(), missing.tpIndex(), "q", 0));
    assertEquals(4, HeldState.whole(held, 10, 2, BOTH).size());
  }

  @Test
  void aPartThatIsNotTheSameWhereverItIsHeldDoesNotCount() {
    List<Holding> held = mesh(3, 10, 2, "p");
    Holding other = held.getFirst();
    Holding same = new Holding(3, 10, 2, other.dpIndex(), other.tpIndex(), "q", 0);
    held.add(same);
    assertEquals(List.of(), HeldState.differing(held, 10));
    assertEquals(held, HeldState.whole(held, 10, 2, BOTH));

    held.removeLast();
    Holding damaged = new Holding(3, 10, 2, other.dpIndex(), other.tpIndex(), "q", 1);
    held.add(damaged);
    assertEquals(List.of(other, damaged), HeldState.differing(held, 10));
    assertEquals(List.of(), HeldState.whole(held, 10, 2, BOTH));
    assertEquals(List.of(), HeldState.whole(held, 10, 2, Set.of("p")));
  }

  @Test
  void theLatestMeshThatIsWholeCounts() {
    List<Holding> held = mesh(3, 10, 2, "p");
    held.addAll(mesh(4, 10, 1, "q"));
    List<Holding> torn = mesh(5, 10, 3, "q");
    torn.removeFirst();
    held.addAll(torn);

    assertEquals(mesh(4, 10, 1, "q"), HeldState.whole(held, 10, 2, BOTH));
  }
}
