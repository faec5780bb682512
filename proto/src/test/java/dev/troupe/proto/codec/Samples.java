package dev.troupe.proto.codec;

import dev.troupe.proto.error.Category;
import dev.troupe.proto.message.AbortEpoch;
import dev.troupe.proto.message.AgentCommand;
import dev.troupe.proto.message.AssignRanks;
import dev.troupe.proto.message.CommitStep;
import dev.troupe.proto.message.CommittedStep;
import dev.troupe.proto.message.ControlMessage;
import dev.troupe.proto.message.DeviceInfo;
import dev.troupe.proto.message.DrainNode;
import dev.troupe.proto.message.DropSnapshot;
import dev.troupe.proto.message.Fault;
import dev.troupe.proto.message.FaultDone;
import dev.troupe.proto.message.Fence;
import dev.troupe.proto.message.Holding;
import dev.troupe.proto.message.InjectFault;
import dev.troupe.proto.message.JournalRecord;
import dev.troupe.proto.message.KeepRecord;
import dev.troupe.proto.message.KeeperState;
import dev.troupe.proto.message.MeshJob;
import dev.troupe.proto.message.NodeGone;
import dev.troupe.proto.message.NodeInfo;
import dev.troupe.proto.message.NodePrepared;
import dev.troupe.proto.message.NodeReady;
import dev.troupe.proto.message.NodeRetired;
import dev.troupe.proto.message.NodeSampled;
import dev.troupe.proto.message.NodeSaved;
import dev.troupe.proto.message.NodeStopped;
import dev.troupe.proto.message.NodeValidated;
import dev.troupe.proto.message.PrepareStep;
import dev.troupe.proto.message.PromiseTerm;
import dev.troupe.proto.message.RankFailed;
import dev.troupe.proto.message.RankPlace;
import dev.troupe.proto.message.RankPrepared;
import dev.troupe.proto.message.RankReady;
import dev.troupe.proto.message.RankRetired;
import dev.troupe.proto.message.RankSampled;
import dev.troupe.proto.message.RankSaved;
import dev.troupe.proto.message.RankSet;
import dev.troupe.proto.message.RankSite;
import dev.troupe.proto.message.RankState;
import dev.troupe.proto.message.RankStopped;
import dev.troupe.proto.message.RankTime;
import dev.troupe.proto.message.RankValidated;
import dev.troupe.proto.message.RegisterNode;
import dev.troupe.proto.message.ReleaseRanks;
import dev.troupe.proto.message.RequestStop;
import dev.troupe.proto.message.RetireRanks;
import dev.troupe.proto.message.RunEnded;
import dev.troupe.proto.message.ScaleRun;
import dev.troupe.proto.message.StartRank;
import dev.troupe.proto.message.StepResult;
import dev.troupe.proto.message.TakeSnapshot;
import dev.troupe.proto.message.ValidationResult;
import dev.troupe.proto.message.Vote;
import dev.troupe.proto.message.WriteShard;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.pekko.actor.typed.ActorRef;

/** At least one message of every kind; optional fields both ways. */
final class Samples {
  private static final Fence FENCE = new Fence(3, 41);
  private static final Holding HOLDING = new Holding(7, 12, 3, 2, 1, "a-0", 0xfedcba9876543210L);
  private static final MeshJob RESUMED =
      new MeshJob(
          "train.steps = 7\nrun.name = \"é\"",
          2,
          4,
          "/runs/a/step-00000012",
          12,
          "c0ffee",
          List.of(
              new RankSite(
                  "node-a", "host-a", "a-0", "10.0.0.1:7601", RankSet.of(0, 1, 2, 3, 6, 7)),
              new RankSite("node-b", "host-b", "b-0", "[::1]:9", RankSet.of(4, 5))),
          List.of(HOLDING));
  private static final MeshJob FRESH = new MeshJob("", 1, 1, null, 0);
  private static final JournalRecord RECORD =
      new JournalRecord(
          7,
          12,
          1L << 40,
          11,
          new CommittedStep(new StepResult(2.5, 0.5, 3e-4, 1L << 33), 0.75, 2, 3),
          4,
          "SIGTERM",
          List.of("node-1", "node-2"));
  private static final StepResult RESULT =
      new StepResult(
          Math.PI, 0x1.0000000000001p-3, 3e-4, 1L << 40, List.of(2.5, Double.NaN, 0x1.8p-30));
  private static final ValidationResult VALIDATED =
      new ValidationResult(2.5, List.of(Double.NaN, 0x1.8p-30));
  private static final StepResult BROKEN =
      new StepResult(Double.NaN, Double.POSITIVE_INFINITY, -0.0, 0);

  private Samples() {}

  static List<ControlMessage> all(ActorRef<AgentCommand> agent) {
    return List.of(
        new RegisterNode(
            new NodeInfo(
                "node-1",
                "host-a",
                64,
                1L << 40,
                List.of(
                    new DeviceInfo(0, "cpu", "cpu:0", 0),
                    new DeviceInfo(7, "cuda", "A100", 80L << 30, "a-7", "10.0.0.1:7601"))),
            agent),
        new RequestStop("SIGTERM"),
        new DrainNode("node-1", "maintenance"),
        new NodeGone("node-1", "was killed by SIGKILL"),
        new AssignRanks(FENCE, RESUMED, List.of(new RankPlace(5, 1), new RankPlace(0, 0))),
        new AssignRanks(FENCE, FRESH, List.of(new RankPlace(0, 3))),
        new StartRank(FENCE, RESUMED, new RankPlace(5, 1), agent),
        new RunEnded(FENCE, 5, "node b is gone"),
        new PrepareStep(FENCE, 13),
        new CommitStep(FENCE, 13, true, true, false, true),
        new CommitStep(FENCE, 14, false, false, true, false),
        new CommitStep(FENCE, 15, true, false, false, true, true),
        new TakeSnapshot(FENCE, 13),
        new WriteShard(FENCE, 13, "/runs/a/.step-00000013"),
        new DropSnapshot(FENCE, 13),
        new ReleaseRanks(FENCE),
        new AbortEpoch(FENCE, "rank 3 failed"),
        new RankReady(FENCE, new RankState(3, 12, 1L << 33)),
        new RankPrepared(FENCE, 3, 13, RESULT, RankSet.none(), 0.25),
        new RankPrepared(FENCE, 3, 13, BROKEN, RankSet.of(1, 3), 0),
        new RankValidated(FENCE, 3, 13, VALIDATED),
        new RankValidated(FENCE, 3, 14, new ValidationResult(2.5, List.of())),
        new RankSampled(FENCE, 3, 13, new TreeMap<>(Map.of(0, "", 7, "sat\né"))),
        new RankSampled(FENCE, 2, 13, new TreeMap<>()),
        new RankSaved(FENCE, 3, 13, null),
        new RankSaved(FENCE, 3, 13, ""),
        new RankStopped(FENCE, 3),
        new RankRetired(FENCE, 3, List.of(HOLDING)),
        new NodeRetired(FENCE, "node-1", List.of(HOLDING)),
        new NodeRetired(FENCE, "node-1", List.of()),
        new RetireRanks(FENCE, 12, 41, RankSet.of(3), "node b is gone"),
        new ScaleRun(4, "operator"),
        new FaultDone(7, "node-1", ""),
        new FaultDone(8, "node-1", "not allowed here"),
        new InjectFault(FENCE, 7, 3, 1, new Fault(Fault.Kind.KILL)),
        new InjectFault(FENCE, 8, -1, InjectFault.AGENT, new Fault(Fault.Kind.PAUSE, 2.5, 0, "")),
        new InjectFault(FENCE, 9, 3, 1, new Fault(Fault.Kind.SLOW, 2, 20, "")),
        new InjectFault(FENCE, 10, 3, 1, new Fault(Fault.Kind.NAN)),
        new InjectFault(FENCE, 11, 3, 1, new Fault(Fault.Kind.BIT_FLIP)),
        new InjectFault(FENCE, 12, 3, 1, new Fault(Fault.Kind.DISK_FULL, 0, 0, "write")),
        new InjectFault(FENCE, 13, 3, 1, new Fault(Fault.Kind.CRASH, 0, 0, "write")),
        new InjectFault(
            FENCE, 14, -1, InjectFault.NODE, new Fault(Fault.Kind.CUT, 9, 0, "10.77.0.2")),
        new RankFailed(FENCE, 3, Category.USAGE, "u", false),
        new RankFailed(FENCE, 3, Category.DATA, "d", true),
        new RankFailed(FENCE, 3, Category.RESOURCE, "r", false),
        new RankFailed(FENCE, 3, Category.PEER, "p", false),
        new RankFailed(FENCE, 3, Category.INTERNAL, "i", false),
        new NodeReady(FENCE, List.of(new RankState(0, 12, 5), new RankState(1, 12, 6))),
        new NodePrepared(
            FENCE,
            13,
            List.of(new Vote<>(RESULT, RankSet.of(0, 1, 3)), new Vote<>(BROKEN, RankSet.of(2))),
            RankSet.of(2),
            List.of(new RankTime(0, 0.5), new RankTime(2, 1.25))),
        new NodeValidated(FENCE, 13, List.of(new Vote<>(VALIDATED, RankSet.of(0, 1)))),
        new NodeSampled(FENCE, 13, RankSet.of(0, 3), new TreeMap<>(Map.of(1, "sat"))),
        new NodeSaved(FENCE, 13, RankSet.of(0, 2), new TreeMap<>(Map.of(1, "disk full"))),
        new NodeStopped(FENCE, RankSet.of(0, 1)),
        new PromiseTerm(7, "c0ffee", agent.unsafeUpcast()),
        new KeepRecord(
            "c0ffee",
            1L << 33,
            RECORD,
            List.of("node-1", "node-2", "node-3"),
            agent.unsafeUpcast()),
        new KeeperState("node-1", 8, "c0ffee", 3, RECORD, List.of("node-1")),
        new KeeperState("node-1", 0, "", 0, null, List.of()));
  }
}
