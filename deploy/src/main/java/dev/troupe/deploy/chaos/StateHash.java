package dev.troupe.deploy.chaos;

import dev.troupe.checkpoint.CheckpointReader;
import dev.troupe.checkpoint.LogicalTensor;
import dev.troupe.checkpoint.Region;
import dev.troupe.checkpoint.StateKind;
import dev.troupe.data.digest.Sha256;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;

/**
 * Hashes of a checkpoint's logical tensors, the same however the state was cut.
 *
 * @param step its step
 * @param parameters SHA-256 of the master weights
 * @param optimizer SHA-256 of both of AdamW's moments
 */
public record StateHash(long step, String parameters, String optimizer) {
  private static final long CHUNK = 8 << 20;

  /**
   * Of one checkpoint.
   *
   * @throws dev.troupe.proto.error.TroupeException of category data where it is damaged
   */
  public static StateHash of(Path checkpoint) {
    try (CheckpointReader reader = CheckpointReader.open(checkpoint)) {
      return new StateHash(
          reader.info().step(),
          hash(reader, List.of(StateKind.WEIGHT)),
          hash(reader, List.of(StateKind.EXP_AVG, StateKind.EXP_AVG_SQ)));
    }
  }

  private static String hash(CheckpointReader reader, List<StateKind> kinds) {
    MessageDigest digest = Sha256.begin();
    List<LogicalTensor> tensors =
        reader.tensors().stream().sorted(Comparator.comparing(LogicalTensor::name)).toList();
    for (StateKind kind : kinds) {
      for (LogicalTensor tensor : tensors) {
        digest.update(
            "%s %s %d %d"
                .formatted(kind, tensor.name(), tensor.rows(), tensor.cols())
                .getBytes(StandardCharsets.UTF_8));
        add(digest, reader, kind, tensor);
      }
    }
    return HexFormat.of().formatHex(digest.digest());
  }

  private static void add(
      MessageDigest digest, CheckpointReader reader, StateKind kind, LogicalTensor tensor) {
    long rowBytes = tensor.cols() * Float.BYTES;
    long rows = Math.max(1, Math.min(tensor.rows(), CHUNK / rowBytes));
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment chunk = arena.allocate(rows * rowBytes, Float.BYTES);
      for (long row = 0; row < tensor.rows(); row += rows) {
        long some = Math.min(rows, tensor.rows() - row);
        Region region = new Region(tensor.name(), row, some, 0, tensor.cols());
        reader.read(kind, region, chunk, 0, rowBytes);
        digest.update(chunk.asSlice(0, some * rowBytes).asByteBuffer());
      }
    }
  }
}
