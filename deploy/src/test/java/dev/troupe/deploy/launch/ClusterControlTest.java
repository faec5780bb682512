package dev.troupe.deploy.launch;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.troupe.deploy.api.Boards;
import dev.troupe.proto.config.JobConfig;
import dev.troupe.proto.error.TroupeException;
import dev.troupe.proto.message.CoordinatorCommand;
import dev.troupe.proto.message.DrainNode;
import dev.troupe.proto.message.ScaleRun;
import java.util.ArrayList;
import java.util.List;
import org.apache.pekko.actor.testkit.typed.javadsl.TestInbox;
import org.junit.jupiter.api.Test;

/** Nodes a and b have two devices each. */
class ClusterControlTest {
  private final TestInbox<CoordinatorCommand> inbox = TestInbox.create();
  private final List<Integer> ensured = new ArrayList<>();

  private ClusterControl control(String settings) {
    return new ClusterControl(
        inbox.getRef(),
        JobConfig.parse("train.global-batch = 12, " + settings),
        Boards.training(),
        nodes -> {
          ensured.add(nodes);
          return nodes < 2 ? List.of("b") : List.of();
        });
  }

  @Test
  void nodesThatTheShardsAllowAreNoMatterOfWords() {
    ClusterControl control =
        control("parallel { tp = 2, dp = 2, virtual-shards = 3 }, elastic.spares = 1");
    assertEquals("", control.scale(3, "night"));
    assertEquals(List.of(4), ensured);
    inbox.expectMessage(new ScaleRun(3, "night"));
  }

  @Test
  void nodesBeyondTheShardsAreSparesAndThatIsSaid() {
    String note = control("parallel { tp = 2, dp = 2, virtual-shards = 3 }").scale(5, "more");
    assertTrue(note.startsWith("3 of them train and 2 are spares: "), note);
    assertTrue(note.contains("parallel.virtual-shards = 3"), note);
    inbox.expectMessage(new ScaleRun(5, "more"));
    note = control("parallel { tp = 1, dp = 2 }").scale(2, "more");
    assertTrue(note.startsWith("1 of them trains and 1 is a spare: "), note);
  }

  @Test
  void orders() {
    ClusterControl control = control("elastic { min-nodes = 1, max-nodes = 3 }");
    assertThrows(TroupeException.class, () -> control.scale(4, "too many"));
    assertEquals("", control.scale(1, "fewer"));
    inbox.expectMessage(new DrainNode("b", "fewer"));
    inbox.expectMessage(new ScaleRun(1, "fewer"));
    assertTrue(control.drain("a", "repair"));
    inbox.expectMessage(new DrainNode("a", "repair"));
    assertFalse(control.drain("z", "repair"));
    assertFalse(inbox.hasMessages());
  }
}
