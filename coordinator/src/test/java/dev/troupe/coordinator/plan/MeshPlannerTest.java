package dev.troupe.coordinator.plan;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.troupe.collectives.mesh.DeviceMesh;
import dev.troupe.coordinator.TestJobs;
import dev.troupe.proto.config.JobConfig;
import dev.troupe.proto.message.DeviceInfo;
import dev.troupe.proto.message.Fence;
import dev.troupe.proto.message.NodeInfo;
import dev.troupe.proto.message.RankPlace;
import dev.troupe.proto.spec.JobSpec;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class MeshPlannerTest {
  private static final Fence FENCE = new Fence(1, 1);

  private static NodeInfo member(String node, String kind, int devices) {
    return new NodeInfo(
        node,
        IntStream.range(0, devices)
            .mapToObj(index -> new DeviceInfo(index, kind, kind + ":" + index, 0))
            .toList());
  }

  private static JobSpec job(int tp, int dp) {
    return TestJobs.job(tp, dp, 1, 0, 0);
  }

  private static Wish atLeast(int dp) {
    return new Wish(0, Set.of(), dp, Set.of());
  }

  private static MeshEpoch planned(JobSpec job, Wish wish, NodeInfo... members) {
    Plan plan = MeshPlanner.plan(List.of(members), job, FENCE, 0, wish);
    return assertInstanceOf(Plan.Planned.class, plan).epoch();
  }

  private static JobSpec elastic(String settings) {
    return JobConfig.parse(
        "run.name = x, parallel { tp = 2, dp = 2, virtual-shards = 4 }, train.global-batch = 4, "
            + settings);
  }

  @Test
  void withFewerNodesTheMeshIsNarrowerAndWithMoreItIsNot() {
    JobSpec job = job(2, 3);
    NodeInfo a = member("a", "cpu", 2);
    NodeInfo b = member("b", "cpu", 2);

    assertEquals(new DeviceMesh(2, 2), planned(job, Wish.none(), a, b).mesh());
    assertEquals(
        new DeviceMesh(2, 3),
        planned(job, Wish.none(), a, b, member("c", "cpu", 2), member("d", "cpu", 2)).mesh());
    assertInstanceOf(
        Plan.Refused.class,
        MeshPlanner.plan(List.of(member("a", "cpu", 1)), job, FENCE, 0, Wish.none()));
  }

  @Test
  void nodesOfTheMeshSoFarComeFirstAndOthersAreSpares() {
    NodeInfo a = member("a", "cpu", 2);
    NodeInfo b = member("b", "cpu", 2);
    NodeInfo c = member("c", "cpu", 2);

    MeshEpoch mesh = planned(job(2, 2), new Wish(0, Set.of("b", "c"), 1, Set.of()), a, b, c);

    assertEquals(Set.of("b", "c"), mesh.byNode().keySet());
  }

  @Test
  void theWidthFollowsTheNodesUpToTheVirtualShards() {
    JobSpec job = elastic("elastic.max-nodes = 3");
    NodeInfo a = member("a", "cpu", 4);
    NodeInfo b = member("b", "cpu", 2);
    NodeInfo c = member("c", "cpu", 6);

    assertEquals(3, planned(job, Wish.none(), a, b).mesh().dp());
    assertEquals(4, planned(job, Wish.none(), a, b, c).mesh().dp());
    assertEquals(2, planned(job, new Wish(1, Set.of(), 1, Set.of()), a, b, c).mesh().dp());
  }

  @Test
  void nodesBeyondTheVirtualShardsAreNamed() {
    List<NodeInfo> members =
        List.of(
            member("a", "cpu", 4),
            member("b", "cpu", 4),
            member("c", "cpu", 1),
            member("d", "cpu", 2),
            member("e", "cpu", 2));
    JobSpec most = elastic("elastic.max-nodes = 3");
    assertEquals(List.of("d"), beyond(members, most, Wish.none()));
    assertEquals(List.of("d", "e"), beyond(members, most, new Wish(9, Set.of(), 1, Set.of())));
    assertEquals(List.of(), beyond(members, most, new Wish(2, Set.of(), 1, Set.of())));
    assertEquals(List.of(), beyond(members, elastic(""), Wish.none()));
    assertEquals(List.of(), beyond(members.subList(1, 4), most, Wish.none()));
  }

  private static List<String> beyond(List<NodeInfo> members, JobSpec job, Wish wish) {
    MeshEpoch mesh = planned(job, wish, members.toArray(NodeInfo[]::new));
    return MeshPlanner.beyondShards(members, job, 0, wish, mesh);
  }

  @Test
  void aDeviceThatDamagesDataIsUsedOnlyWhereNothingElseIsLeft() {
    NodeInfo a = member("a", "cpu", 2);
    NodeInfo b = member("b", "cpu", 2);
    Wish wish = new Wish(0, Set.of("a"), 1, Set.of(new Place("a", 1)));

    assertEquals(Set.of("b"), planned(job(2, 1), wish, a, b).byNode().keySet());
    assertEquals(Set.of("a"), planned(job(2, 1), wish, a).byNode().keySet());
  }

  @Test
  void fewerNodesThanAllowedAreNoMesh() {
    JobSpec job = elastic("elastic.min-nodes = 2");
    Plan plan = MeshPlanner.plan(List.of(member("a", "cpu", 2)), job, FENCE, 0, Wish.none());

    String message = assertInstanceOf(Plan.Refused.class, plan).message();
    assertTrue(message.contains("elastic.min-nodes=2"), message);
  }

  @Test
  void nodesOfAHostShareItsMemory() {
    NodeInfo a = withMemory("a", "h", 100);
    NodeInfo b = withMemory("b", "h", 100);
    NodeInfo elsewhere = withMemory("c", "i", 100);
    Plan refused = MeshPlanner.plan(List.of(a, b), job(2, 2), FENCE, 30, atLeast(2));
    String message = assertInstanceOf(Plan.Refused.class, refused).message();
    assertTrue(message.contains("b has 4 (0 groups) and memory for 1 ranks"), message);
    assertTrue(message.contains("Missing: 1 groups"), message);

    Plan planned = MeshPlanner.plan(List.of(a, b, elsewhere), job(2, 2), FENCE, 30, atLeast(2));
    assertEquals(
        List.of("a", "c"),
        List.copyOf(assertInstanceOf(Plan.Planned.class, planned).epoch().byNode().keySet()));
  }

  private static NodeInfo withMemory(String node, String host, long bytes) {
    return new NodeInfo(node, host, 2, bytes, member(node, "cpu", 4).devices());
  }

  @Test
  void tensorGroupsStayOnANodeAndLeftOverDevicesStayFree() {
    Plan plan =
        MeshPlanner.plan(
            List.of(member("b", "cpu", 3), member("a", "cpu", 5)), job(2, 3), FENCE, 0, atLeast(3));

    MeshEpoch mesh = assertInstanceOf(Plan.Planned.class, plan).epoch();
    assertEquals(
        List.of(new RankPlace(0, 0), new RankPlace(1, 1), new RankPlace(2, 2), new RankPlace(3, 3)),
        mesh.byNode().get("a"));
    assertEquals(List.of(new RankPlace(4, 0), new RankPlace(5, 1)), mesh.byNode().get("b"));
  }

  @Test
  void theOrderOfMembersDoesNotMatterAndEveryPlanIsValid() {
    Random random = new Random(7);
    for (int round = 0; round < 500; round++) {
      List<NodeInfo> members = new ArrayList<>();
      for (int node = 0; node < 1 + random.nextInt(5); node++) {
        members.add(member("n" + node, random.nextInt(8) == 0 ? "cuda" : "cpu", random.nextInt(9)));
      }
      JobSpec job = job(1 << random.nextInt(3), 1 + random.nextInt(6));
      Plan plan = MeshPlanner.plan(members, job, FENCE, 0, atLeast(job.parallel().dp()));
      Collections.shuffle(members, random);

      assertEquals(plan, MeshPlanner.plan(members, job, FENCE, 0, atLeast(job.parallel().dp())));
      int groups =
          members.stream()
              .filter(each -> each.devices().stream().anyMatch(one -> one.kind().equals("cpu")))
              .mapToInt(each -> each.devices().size() / job.parallel().tp())
              .sum();
      assertEquals(groups >= job.parallel().dp(), plan instanceof Plan.Planned);
    }
  }

  @Test
  void aRefusalSaysWhatIsMissing() {
    Plan plan =
        MeshPlanner.plan(
            List.of(member("a", "cpu", 6), member("b", "cpu", 3), member("c", "cuda", 8)),
            job(4, 3),
            FENCE,
            0,
            atLeast(3));

    String message = assertInstanceOf(Plan.Refused.class, plan).message();
    assertTrue(message.contains("parallel.dp=3, parallel.tp=4 needs 3 groups of 4 cpu"), message);
    assertTrue(message.contains("a has 6 (1 groups), b has 3 (0 groups), c has 0"), message);
    assertTrue(message.contains("Missing: 2 groups"), message);
  }

  @Test
  void aMeshThatBreaksTheRulesIsRefused() {
    DeviceMesh mesh = new DeviceMesh(2, 1);

    assertThrows(
        IllegalArgumentException.class,
        () -> new MeshEpoch(FENCE, mesh, List.of(new Place("a", 0), new Place("b", 0))));
    assertThrows(
        IllegalArgumentException.class,
        () -> new MeshEpoch(FENCE, mesh, List.of(new Place("a", 0), new Place("a", 0))));
    assertThrows(
        IllegalArgumentException.class,
        () -> new MeshEpoch(FENCE, mesh, List.of(new Place("a", 0))));
  }
}
