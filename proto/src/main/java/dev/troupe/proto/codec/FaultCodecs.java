package dev.troupe.proto.codec;

import dev.troupe.proto.message.Fault;
import dev.troupe.proto.message.FaultDone;
import dev.troupe.proto.message.InjectFault;
import dev.troupe.proto.wire.Wire;
import java.util.List;

/** Codecs of fault injection. */
final class FaultCodecs {
  private FaultCodecs() {}

  static List<Codec<?, ?>> all() {
    return List.of(
        new Codec<>(
            "InjectFault",
            InjectFault.class,
            Wire.InjectFault.parser(),
            (message, refs) ->
                Wire.InjectFault.newBuilder()
                    .setFence(Values.out(message.fence()))
                    .setId(message.id())
                    .setRank(message.rank())
                    .setDevice(message.device())
                    .setKind(out(message.fault().kind()))
                    .setAmount(message.fault().amount())
                    .setSteps(message.fault().steps())
                    .setWhere(message.fault().where())
                    .build(),
            (wire, refs) ->
                new InjectFault(
                    Values.in(wire.getFence()),
                    wire.getId(),
                    wire.getRank(),
                    wire.getDevice(),
                    new Fault(
                        in(wire.getKind()), wire.getAmount(), wire.getSteps(), wire.getWhere()))),
        new Codec<>(
            "FaultDone",
            FaultDone.class,
            Wire.FaultDone.parser(),
            (message, refs) ->
                Wire.FaultDone.newBuilder()
                    .setId(message.id())
                    .setNode(message.node())
                    .setProblem(message.problem())
                    .build(),
            (wire, refs) -> new FaultDone(wire.getId(), wire.getNode(), wire.getProblem())));
  }

  private static Wire.FaultKind out(Fault.Kind kind) {
    return switch (kind) {
      case KILL -> Wire.FaultKind.FAULT_KIND_KILL;
      case PAUSE -> Wire.FaultKind.FAULT_KIND_PAUSE;
      case SLOW -> Wire.FaultKind.FAULT_KIND_SLOW;
      case NAN -> Wire.FaultKind.FAULT_KIND_NAN;
      case BIT_FLIP -> Wire.FaultKind.FAULT_KIND_BIT_FLIP;
      case DISK_FULL -> Wire.FaultKind.FAULT_KIND_DISK_FULL;
      case CRASH -> Wire.FaultKind.FAULT_KIND_CRASH;
      case CUT -> Wire.FaultKind.FAULT_KIND_CUT;
    };
  }

  private static Fault.Kind in(Wire.FaultKind kind) {
    return switch (kind) {
      case FAULT_KIND_KILL -> Fault.Kind.KILL;
      case FAULT_KIND_PAUSE -> Fault.Kind.PAUSE;
      case FAULT_KIND_SLOW -> Fault.Kind.SLOW;
      case FAULT_KIND_NAN -> Fault.Kind.NAN;
      case FAULT_KIND_BIT_FLIP -> Fault.Kind.BIT_FLIP;
      case FAULT_KIND_DISK_FULL -> Fault.Kind.DISK_FULL;
      case FAULT_KIND_CRASH -> Fault.Kind.CRASH;
      case FAULT_KIND_CUT -> Fault.Kind.CUT;
      case FAULT_KIND_UNSPECIFIED, UNRECOGNIZED ->
          throw new IllegalArgumentException("a fault of an unknown kind");
    };
  }
}
