package dev.troupe.proto.codec;

import dev.troupe.proto.message.AbortEpoch;
import dev.troupe.proto.message.CommitStep;
import dev.troupe.proto.message.DropSnapshot;
import dev.troupe.proto.message.PrepareStep;
import dev.troupe.proto.message.ReleaseRanks;
import dev.troupe.proto.message.TakeSnapshot;
import dev.troupe.proto.message.WriteShard;
import dev.troupe.proto.wire.Wire;
import java.util.List;

/** Codecs of {@link dev.troupe.proto.message.RankOrder}. */
final class OrderCodecs {
  private OrderCodecs() {}

  static List<Codec<?, ?>> all() {
    return List.of(
        new Codec<>(
            "PrepareStep",
            PrepareStep.class,
            Wire.PrepareStep.parser(),
            (message, refs) ->
                Wire.PrepareStep.newBuilder()
                    .setFence(Values.out(message.fence()))
                    .setStep(message.step())
                    .build(),
            (wire, refs) -> new PrepareStep(Values.in(wire.getFence()), wire.getStep())),
        new Codec<>(
            "CommitStep",
            CommitStep.class,
            Wire.CommitStep.parser(),
            (message, refs) ->
                Wire.CommitStep.newBuilder()
                    .setFence(Values.out(message.fence()))
                    .setStep(message.step())
                    .setUpdate(message.update())
                    .setSnapshot(message.snapshot())
                    .setValidate(message.validate())
                    .setPrepareNext(message.prepareNext())
                    .setSample(message.sample())
                    .build(),
            (wire, refs) ->
                new CommitStep(
                    Values.in(wire.getFence()),
                    wire.getStep(),
                    wire.getUpdate(),
                    wire.getSnapshot(),
                    wire.getValidate(),
                    wire.getPrepareNext(),
                    wire.getSample())),
        new Codec<>(
            "TakeSnapshot",
            TakeSnapshot.class,
            Wire.TakeSnapshot.parser(),
            (message, refs) ->
                Wire.TakeSnapshot.newBuilder()
                    .setFence(Values.out(message.fence()))
                    .setStep(message.step())
                    .build(),
            (wire, refs) -> new TakeSnapshot(Values.in(wire.getFence()), wire.getStep())),
        new Codec<>(
            "WriteShard",
            WriteShard.class,
            Wire.WriteShard.parser(),
            (message, refs) ->
                Wire.WriteShard.newBuilder()
                    .setFence(Values.out(message.fence()))
                    .setStep(message.step())
                    .setFolder(message.folder())
                    .build(),
            (wire, refs) ->
                new WriteShard(Values.in(wire.getFence()), wire.getStep(), wire.getFolder())),
        new Codec<>(
            "DropSnapshot",
            DropSnapshot.class,
            Wire.DropSnapshot.parser(),
            (message, refs) ->
                Wire.DropSnapshot.newBuilder()
                    .setFence(Values.out(message.fence()))
                    .setStep(message.step())
                    .build(),
            (wire, refs) -> new DropSnapshot(Values.in(wire.getFence()), wire.getStep())),
        new Codec<>(
            "ReleaseRanks",
            ReleaseRanks.class,
            Wire.ReleaseRanks.parser(),
            (message, refs) ->
                Wire.ReleaseRanks.newBuilder().setFence(Values.out(message.fence())).build(),
            (wire, refs) -> new ReleaseRanks(Values.in(wire.getFence()))),
        new Codec<>(
            "AbortEpoch",
            AbortEpoch.class,
            Wire.AbortEpoch.parser(),
            (message, refs) ->
                Wire.AbortEpoch.newBuilder()
                    .setFence(Values.out(message.fence()))
                    .setReason(message.reason())
                    .build(),
            (wire, refs) -> new AbortEpoch(Values.in(wire.getFence()), wire.getReason())));
  }
}
