package dev.troupe.checkpoint;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * Writes a rank's part of a checkpoint: {@code rank-00003.safetensors} with the data and {@code
 * rank-00003.json}, which says what is in it. Every slice is hashed chunk by chunk while the chunk
 * is on its way to the file.
 */
public final class ShardWriter {
  private ShardWriter() {}

  /**
   * Writes both files and makes them durable. Ranks may write into one folder at the same time.
   *
   * @param folder what {@link CheckpointFolder#begin} returned
   * @param rank the rank, from 0
   * @param entries this rank's part; over all ranks, each element of each kind exactly once
   * @throws dev.troupe.proto.error.TroupeException naming the file that cannot be written
   */
  public static void write(
      Storage storage, Path folder, int rank, List<? extends ShardPart> entries) {
    ShardFile written = writeData(storage, folder, rank, entries);
    new Disk(storage).write(folder.resolve(ShardFile.indexName(rank)), ShardIndex.seal(written));
  }

  private static ShardFile writeData(
      Storage storage, Path folder, int rank, List<? extends ShardPart> entries) {
    String name = ShardFile.dataName(rank);
    List<SafetensorsTensor> tensors = entries.stream().map(ShardWriter::tensor).toList();
    Map<String, String> metadata = Map.of("format", "troupe-shard");
    Sha256 sha256 = new Sha256();
    List<Slice> slices = new ArrayList<>(entries.size());
    try (SafetensorsWriter file =
        SafetensorsWriter.create(storage, folder.resolve(name), metadata, tensors)) {
      byte[] header = file.header();
      String headerSha256 = Sha256.of(header);
      long at = header.length;
      for (int i = 0; i < entries.size(); i++) {
        ShardPart entry = entries.get(i);
        append(file, tensors.get(i).name(), entry, sha256);
        slices.add(new Slice(entry.kind(), entry.region(), at, sha256.hex()));
        at += entry.region().bytes();
      }
      file.finish();
      return new ShardFile(rank, name, at, header.length, headerSha256, slices);
    }
  }

  private static void append(SafetensorsWriter file, String name, ShardPart entry, Sha256 sha256) {
    entry.send(
        chunk -> {
          sha256.update(chunk);
          file.write(name, chunk);
        });
  }

  private static SafetensorsTensor tensor(ShardPart entry) {
    Region region = entry.region();
    String name = entry.kind().name().toLowerCase(Locale.ROOT) + "/" + region;
    return SafetensorsTensor.of(name, SafetensorsType.F32, region.rows(), region.cols());
  }
}
