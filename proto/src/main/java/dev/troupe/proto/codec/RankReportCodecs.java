package dev.troupe.proto.codec;

import dev.troupe.proto.message.RankFailed;
import dev.troupe.proto.message.RankPrepared;
import dev.troupe.proto.message.RankReady;
import dev.troupe.proto.message.RankRetired;
import dev.troupe.proto.message.RankSampled;
import dev.troupe.proto.message.RankSaved;
import dev.troupe.proto.message.RankSet;
import dev.troupe.proto.message.RankState;
import dev.troupe.proto.message.RankStopped;
import dev.troupe.proto.message.RankValidated;
import dev.troupe.proto.message.ValidationResult;
import dev.troupe.proto.wire.Wire;
import java.util.List;

/** Codecs of {@link dev.troupe.proto.message.RankReport}. */
final class RankReportCodecs {
  private RankReportCodecs() {}

  static List<Codec<?, ?>> all() {
    return List.of(
        new Codec<>(
            "RankReady",
            RankReady.class,
            Wire.RankReady.parser(),
            (message, refs) ->
                Wire.RankReady.newBuilder()
                    .setFence(Values.out(message.fence()))
                    .setRank(message.rank())
                    .setStep(message.state().step())
                    .setMemoryBytes(message.state().memoryBytes())
                    .build(),
            (wire, refs) ->
                new RankReady(
                    Values.in(wire.getFence()),
                    new RankState(wire.getRank(), wire.getStep(), wire.getMemoryBytes()))),
        new Codec<>(
            "RankPrepared",
            RankPrepared.class,
            Wire.RankPrepared.parser(),
            (message, refs) ->
                Wire.RankPrepared.newBuilder()
                    .setFence(Values.out(message.fence()))
                    .setRank(message.rank())
                    .setStep(message.step())
                    .setResult(Values.out(message.result()))
                    .addAllSuspects(message.suspects().list())
                    .setBusySeconds(message.busySeconds())
                    .build(),
            (wire, refs) ->
                new RankPrepared(
                    Values.in(wire.getFence()),
                    wire.getRank(),
                    wire.getStep(),
                    Values.in(wire.getResult()),
                    RankSet.of(wire.getSuspectsList()),
                    wire.getBusySeconds())),
        new Codec<>(
            "RankRetired",
            RankRetired.class,
            Wire.RankRetired.parser(),
            (message, refs) ->
                Wire.RankRetired.newBuilder()
                    .setFence(Values.out(message.fence()))
                    .setRank(message.rank())
                    .addAllHeld(message.held().stream().map(Values::out).toList())
                    .build(),
            (wire, refs) ->
                new RankRetired(
                    Values.in(wire.getFence()),
                    wire.getRank(),
                    wire.getHeldList().stream().map(Values::in).toList())),
        new Codec<>(
            "RankValidated",
            RankValidated.class,
            Wire.RankValidated.parser(),
            (message, refs) ->
                Wire.RankValidated.newBuilder()
                    .setFence(Values.out(message.fence()))
                    .setRank(message.rank())
                    .setStep(message.step())
                    .setLoss(message.result().loss())
                    .addAllSetLosses(message.result().sets())
                    .build(),
            (wire, refs) ->
                new RankValidated(
                    Values.in(wire.getFence()),
                    wire.getRank(),
                    wire.getStep(),
                    new ValidationResult(wire.getLoss(), wire.getSetLossesList()))),
        new Codec<>(
            "RankSampled",
            RankSampled.class,
            Wire.RankSampled.parser(),
            (message, refs) ->
                Wire.RankSampled.newBuilder()
                    .setFence(Values.out(message.fence()))
                    .setRank(message.rank())
                    .setStep(message.step())
                    .addAllTexts(Values.out(message.texts()))
                    .build(),
            (wire, refs) ->
                new RankSampled(
                    Values.in(wire.getFence()),
                    wire.getRank(),
                    wire.getStep(),
                    Values.in(wire.getTextsList()))),
        new Codec<>(
            "RankSaved",
            RankSaved.class,
            Wire.RankSaved.parser(),
            (message, refs) -> saved(message),
            (wire, refs) ->
                new RankSaved(
                    Values.in(wire.getFence()),
                    wire.getRank(),
                    wire.getStep(),
                    wire.hasError() ? wire.getError() : null)),
        new Codec<>(
            "RankStopped",
            RankStopped.class,
            Wire.RankStopped.parser(),
            (message, refs) ->
                Wire.RankStopped.newBuilder()
                    .setFence(Values.out(message.fence()))
                    .setRank(message.rank())
                    .build(),
            (wire, refs) -> new RankStopped(Values.in(wire.getFence()), wire.getRank())),
        new Codec<>(
            "RankFailed",
            RankFailed.class,
            Wire.RankFailed.parser(),
            (message, refs) ->
                Wire.RankFailed.newBuilder()
                    .setFence(Values.out(message.fence()))
                    .setRank(message.rank())
                    .setCategory(Values.out(message.category()))
                    .setMessage(message.message())
                    .setConsequence(message.consequence())
                    .build(),
            (wire, refs) ->
                new RankFailed(
                    Values.in(wire.getFence()),
                    wire.getRank(),
                    Values.in(wire.getCategory()),
                    wire.getMessage(),
                    wire.getConsequence())));
  }

  private static Wire.RankSaved saved(RankSaved message) {
    Wire.RankSaved.Builder wire =
        Wire.RankSaved.newBuilder()
            .setFence(Values.out(message.fence()))
            .setRank(message.rank())
            .setStep(message.step());
    if (message.error() != null) {
      wire.setError(message.error());
    }
    return wire.build();
  }
}
