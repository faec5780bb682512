package dev.troupe.proto.codec;

import dev.troupe.proto.message.CommittedStep;
import dev.troupe.proto.message.JournalRecord;
import dev.troupe.proto.message.KeepRecord;
import dev.troupe.proto.message.KeeperState;
import dev.troupe.proto.message.PromiseTerm;
import dev.troupe.proto.wire.Wire;
import java.util.List;

/** Codecs of {@link dev.troupe.proto.message.JournalMessage}. */
final class JournalCodecs {
  private JournalCodecs() {}

  static List<Codec<?, ?>> all() {
    return List.of(
        new Codec<>(
            "PromiseTerm",
            PromiseTerm.class,
            Wire.PromiseTerm.parser(),
            (message, refs) ->
                Wire.PromiseTerm.newBuilder()
                    .setTerm(message.term())
                    .setProposer(message.proposer())
                    .setReplyRef(refs.out(message.replyTo()))
                    .build(),
            (wire, refs) ->
                new PromiseTerm(wire.getTerm(), wire.getProposer(), refs.in(wire.getReplyRef()))),
        new Codec<>(
            "KeepRecord",
            KeepRecord.class,
            Wire.KeepRecord.parser(),
            (message, refs) ->
                Wire.KeepRecord.newBuilder()
                    .setProposer(message.proposer())
                    .setSequence(message.sequence())
                    .setRecord(out(message.record()))
                    .addAllKeepers(message.keepers())
                    .setReplyRef(refs.out(message.replyTo()))
                    .build(),
            (wire, refs) ->
                new KeepRecord(
                    wire.getProposer(),
                    wire.getSequence(),
                    in(wire.getRecord()),
                    wire.getKeepersList(),
                    refs.in(wire.getReplyRef()))),
        new Codec<>(
            "KeeperState",
            KeeperState.class,
            Wire.KeeperState.parser(),
            (message, refs) -> out(message),
            (wire, refs) ->
                new KeeperState(
                    wire.getKeeper(),
                    wire.getPromised(),
                    wire.getProposer(),
                    wire.getSequence(),
                    wire.hasRecord() ? in(wire.getRecord()) : null,
                    wire.getKeepersList())));
  }

  private static Wire.KeeperState out(KeeperState state) {
    Wire.KeeperState.Builder wire =
        Wire.KeeperState.newBuilder()
            .setKeeper(state.keeper())
            .setPromised(state.promised())
            .setProposer(state.proposer())
            .setSequence(state.sequence())
            .addAllKeepers(state.keepers());
    if (state.record() != null) {
      wire.setRecord(out(state.record()));
    }
    return wire.build();
  }

  private static Wire.JournalRecord out(JournalRecord record) {
    Wire.JournalRecord.Builder wire =
        Wire.JournalRecord.newBuilder()
            .setTerm(record.term())
            .setEpoch(record.epoch())
            .setCommitted(record.committed())
            .setCommittedIn(record.committedIn())
            .setNodes(record.nodes())
            .addAllMeshNodes(record.meshNodes());
    if (record.stop() != null) {
      wire.setStop(record.stop());
    }
    if (record.last() != null) {
      wire.setLast(out(record.last()));
    }
    return wire.build();
  }

  private static JournalRecord in(Wire.JournalRecord wire) {
    return new JournalRecord(
        wire.getTerm(),
        wire.getEpoch(),
        wire.getCommitted(),
        wire.getCommittedIn(),
        wire.hasLast() ? in(wire.getLast()) : null,
        wire.getNodes(),
        wire.hasStop() ? wire.getStop() : null,
        wire.getMeshNodesList());
  }

  private static Wire.CommittedStep out(CommittedStep step) {
    return Wire.CommittedStep.newBuilder()
        .setResult(Values.out(step.result()))
        .setSeconds(step.seconds())
        .setTp(step.tp())
        .setDp(step.dp())
        .build();
  }

  private static CommittedStep in(Wire.CommittedStep wire) {
    return new CommittedStep(
        Values.in(wire.getResult()), wire.getSeconds(), wire.getTp(), wire.getDp());
  }
}
