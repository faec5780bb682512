package dev.troupe.proto.codec;

import dev.troupe.proto.message.AssignRanks;
import dev.troupe.proto.message.DrainNode;
import dev.troupe.proto.message.NodeGone;
import dev.troupe.proto.message.NodeInfo;
import dev.troupe.proto.message.RankSet;
import dev.troupe.proto.message.RegisterNode;
import dev.troupe.proto.message.RequestStop;
import dev.troupe.proto.message.RetireRanks;
import dev.troupe.proto.message.RunEnded;
import dev.troupe.proto.message.ScaleRun;
import dev.troupe.proto.message.StartRank;
import dev.troupe.proto.wire.Wire;
import java.util.List;

/** Codecs of what gives nodes and ranks their place, and of the stop request. */
final class AssignmentCodecs {
  private AssignmentCodecs() {}

  static List<Codec<?, ?>> all() {
    return List.of(
        new Codec<>(
            "RegisterNode",
            RegisterNode.class,
            Wire.RegisterNode.parser(),
            (message, refs) ->
                Wire.RegisterNode.newBuilder()
                    .setNode(message.info().node())
                    .setHost(message.info().host())
                    .setCores(message.info().cores())
                    .setMemoryBytes(message.info().memoryBytes())
                    .addAllDevices(message.info().devices().stream().map(Values::out).toList())
                    .setAgentRef(refs.out(message.agent()))
                    .build(),
            (wire, refs) ->
                new RegisterNode(
                    new NodeInfo(
                        wire.getNode(),
                        wire.getHost(),
                        wire.getCores(),
                        wire.getMemoryBytes(),
                        wire.getDevicesList().stream().map(Values::in).toList()),
                    refs.in(wire.getAgentRef()))),
        new Codec<>(
            "AssignRanks",
            AssignRanks.class,
            Wire.AssignRanks.parser(),
            (message, refs) ->
                Wire.AssignRanks.newBuilder()
                    .setFence(Values.out(message.fence()))
                    .setJob(Values.out(message.job()))
                    .addAllRanks(message.ranks().stream().map(Values::out).toList())
                    .build(),
            (wire, refs) ->
                new AssignRanks(
                    Values.in(wire.getFence()),
                    Values.in(wire.getJob()),
                    wire.getRanksList().stream().map(Values::in).toList())),
        new Codec<>(
            "RetireRanks",
            RetireRanks.class,
            Wire.RetireRanks.parser(),
            (message, refs) ->
                Wire.RetireRanks.newBuilder()
                    .setFence(Values.out(message.fence()))
                    .setCommitted(message.committed())
                    .setCommittedIn(message.committedIn())
                    .addAllDistrusted(message.distrusted().list())
                    .setReason(message.reason())
                    .build(),
            (wire, refs) ->
                new RetireRanks(
                    Values.in(wire.getFence()),
                    wire.getCommitted(),
                    wire.getCommittedIn(),
                    RankSet.of(wire.getDistrustedList()),
                    wire.getReason())),
        new Codec<>(
            "RunEnded",
            RunEnded.class,
            Wire.RunEnded.parser(),
            (message, refs) ->
                Wire.RunEnded.newBuilder()
                    .setFence(Values.out(message.fence()))
                    .setExitCode(message.exitCode())
                    .setMessage(message.message())
                    .build(),
            (wire, refs) ->
                new RunEnded(Values.in(wire.getFence()), wire.getExitCode(), wire.getMessage())),
        new Codec<>(
            "StartRank",
            StartRank.class,
            Wire.StartRank.parser(),
            (message, refs) ->
                Wire.StartRank.newBuilder()
                    .setFence(Values.out(message.fence()))
                    .setJob(Values.out(message.job()))
                    .setPlace(Values.out(message.place()))
                    .setAgentRef(refs.out(message.agent()))
                    .build(),
            (wire, refs) ->
                new StartRank(
                    Values.in(wire.getFence()),
                    Values.in(wire.getJob()),
                    Values.in(wire.getPlace()),
                    refs.in(wire.getAgentRef()))),
        new Codec<>(
            "RequestStop",
            RequestStop.class,
            Wire.RequestStop.parser(),
            (message, refs) -> Wire.RequestStop.newBuilder().setReason(message.reason()).build(),
            (wire, refs) -> new RequestStop(wire.getReason())),
        new Codec<>(
            "DrainNode",
            DrainNode.class,
            Wire.DrainNode.parser(),
            (message, refs) ->
                Wire.DrainNode.newBuilder()
                    .setNode(message.node())
                    .setReason(message.reason())
                    .build(),
            (wire, refs) -> new DrainNode(wire.getNode(), wire.getReason())),
        new Codec<>(
            "ScaleRun",
            ScaleRun.class,
            Wire.ScaleRun.parser(),
            (message, refs) ->
                Wire.ScaleRun.newBuilder()
                    .setNodes(message.nodes())
                    .setReason(message.reason())
                    .build(),
            (wire, refs) -> new ScaleRun(wire.getNodes(), wire.getReason())),
        new Codec<>(
            "NodeGone",
            NodeGone.class,
            Wire.NodeGone.parser(),
            (message, refs) ->
                Wire.NodeGone.newBuilder().setNode(message.node()).setWhy(message.why()).build(),
            (wire, refs) -> new NodeGone(wire.getNode(), wire.getWhy())));
  }
}
