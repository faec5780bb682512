package dev.troupe.proto.codec;

import dev.troupe.proto.message.NodePrepared;
import dev.troupe.proto.message.NodeReady;
import dev.troupe.proto.message.NodeRetired;
import dev.troupe.proto.message.NodeSampled;
import dev.troupe.proto.message.NodeSaved;
import dev.troupe.proto.message.NodeStopped;
import dev.troupe.proto.message.NodeValidated;
import dev.troupe.proto.message.RankSet;
import dev.troupe.proto.message.RankState;
import dev.troupe.proto.message.StepResult;
import dev.troupe.proto.message.ValidationResult;
import dev.troupe.proto.message.Vote;
import dev.troupe.proto.wire.Wire;
import java.util.List;
import java.util.TreeMap;

/** Codecs of {@link dev.troupe.proto.message.NodeReport}. */
final class NodeReportCodecs {
  private NodeReportCodecs() {}

  static List<Codec<?, ?>> all() {
    return List.of(
        new Codec<>(
            "NodeReady",
            NodeReady.class,
            Wire.NodeReady.parser(),
            (message, refs) ->
                Wire.NodeReady.newBuilder()
                    .setFence(Values.out(message.fence()))
                    .addAllRanks(message.ranks().stream().map(NodeReportCodecs::out).toList())
                    .build(),
            (wire, refs) ->
                new NodeReady(
                    Values.in(wire.getFence()),
                    wire.getRanksList().stream().map(NodeReportCodecs::in).toList())),
        new Codec<>(
            "NodePrepared",
            NodePrepared.class,
            Wire.NodePrepared.parser(),
            (message, refs) ->
                Wire.NodePrepared.newBuilder()
                    .setFence(Values.out(message.fence()))
                    .setStep(message.step())
                    .addAllVotes(message.votes().stream().map(NodeReportCodecs::result).toList())
                    .addAllSuspects(message.suspects().list())
                    .addAllBusy(message.busy().stream().map(Values::out).toList())
                    .build(),
            (wire, refs) ->
                new NodePrepared(
                    Values.in(wire.getFence()),
                    wire.getStep(),
                    wire.getVotesList().stream().map(NodeReportCodecs::in).toList(),
                    RankSet.of(wire.getSuspectsList()),
                    wire.getBusyList().stream().map(Values::in).toList())),
        new Codec<>(
            "NodeRetired",
            NodeRetired.class,
            Wire.NodeRetired.parser(),
            (message, refs) ->
                Wire.NodeRetired.newBuilder()
                    .setFence(Values.out(message.fence()))
                    .setNode(message.node())
                    .addAllHeld(message.held().stream().map(Values::out).toList())
                    .build(),
            (wire, refs) ->
                new NodeRetired(
                    Values.in(wire.getFence()),
                    wire.getNode(),
                    wire.getHeldList().stream().map(Values::in).toList())),
        new Codec<>(
            "NodeValidated",
            NodeValidated.class,
            Wire.NodeValidated.parser(),
            (message, refs) ->
                Wire.NodeValidated.newBuilder()
                    .setFence(Values.out(message.fence()))
                    .setStep(message.step())
                    .addAllVotes(message.votes().stream().map(NodeReportCodecs::losses).toList())
                    .build(),
            (wire, refs) ->
                new NodeValidated(
                    Values.in(wire.getFence()),
                    wire.getStep(),
                    wire.getVotesList().stream().map(NodeReportCodecs::in).toList())),
        new Codec<>(
            "NodeSampled",
            NodeSampled.class,
            Wire.NodeSampled.parser(),
            (message, refs) ->
                Wire.NodeSampled.newBuilder()
                    .setFence(Values.out(message.fence()))
                    .setStep(message.step())
                    .addAllRanks(message.ranks().list())
                    .addAllTexts(Values.out(message.texts()))
                    .build(),
            (wire, refs) ->
                new NodeSampled(
                    Values.in(wire.getFence()),
                    wire.getStep(),
                    RankSet.of(wire.getRanksList()),
                    Values.in(wire.getTextsList()))),
        new Codec<>(
            "NodeSaved",
            NodeSaved.class,
            Wire.NodeSaved.parser(),
            (message, refs) -> saved(message),
            (wire, refs) -> saved(wire)),
        new Codec<>(
            "NodeStopped",
            NodeStopped.class,
            Wire.NodeStopped.parser(),
            (message, refs) ->
                Wire.NodeStopped.newBuilder()
                    .setFence(Values.out(message.fence()))
                    .addAllRanks(message.ranks().list())
                    .build(),
            (wire, refs) ->
                new NodeStopped(Values.in(wire.getFence()), RankSet.of(wire.getRanksList()))));
  }

  private static Wire.NodeReady.Rank out(RankState state) {
    return Wire.NodeReady.Rank.newBuilder()
        .setRank(state.rank())
        .setStep(state.step())
        .setMemoryBytes(state.memoryBytes())
        .build();
  }

  private static RankState in(Wire.NodeReady.Rank wire) {
    return new RankState(wire.getRank(), wire.getStep(), wire.getMemoryBytes());
  }

  private static Wire.NodePrepared.Vote result(Vote<StepResult> vote) {
    return Wire.NodePrepared.Vote.newBuilder()
        .setResult(Values.out(vote.value()))
        .addAllRanks(vote.ranks().list())
        .build();
  }

  private static Vote<StepResult> in(Wire.NodePrepared.Vote wire) {
    return new Vote<>(Values.in(wire.getResult()), RankSet.of(wire.getRanksList()));
  }

  private static Wire.NodeValidated.Vote losses(Vote<ValidationResult> vote) {
    return Wire.NodeValidated.Vote.newBuilder()
        .setLoss(vote.value().loss())
        .addAllSetLosses(vote.value().sets())
        .addAllRanks(vote.ranks().list())
        .build();
  }

  private static Vote<ValidationResult> in(Wire.NodeValidated.Vote wire) {
    return new Vote<>(
        new ValidationResult(wire.getLoss(), wire.getSetLossesList()),
        RankSet.of(wire.getRanksList()));
  }

  private static Wire.NodeSaved saved(NodeSaved message) {
    Wire.NodeSaved.Builder wire =
        Wire.NodeSaved.newBuilder()
            .setFence(Values.out(message.fence()))
            .setStep(message.step())
            .addAllSaved(message.saved().list());
    message
        .failed()
        .forEach(
            (rank, error) ->
                wire.addFailures(
                    Wire.NodeSaved.Failure.newBuilder().setRank(rank).setError(error)));
    return wire.build();
  }

  private static NodeSaved saved(Wire.NodeSaved wire) {
    TreeMap<Integer, String> failed = new TreeMap<>();
    wire.getFailuresList().forEach(failure -> failed.put(failure.getRank(), failure.getError()));
    return new NodeSaved(
        Values.in(wire.getFence()), wire.getStep(), RankSet.of(wire.getSavedList()), failed);
  }
}
