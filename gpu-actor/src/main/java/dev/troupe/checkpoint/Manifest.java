package dev.troupe.checkpoint;

import java.util.List;

/**
 * All of a checkpoint but the data.
 *
 * @param info what the checkpoint is
 * @param shards the files of ranks 0, 1, 2, ...
 * @param tensors the logical tensors, by name
 */
record Manifest(CheckpointInfo info, List<Shard> shards, List<LogicalTensor> tensors) {
  /** Name of the manifest's file. */
  static final String NAME = "manifest.json";

  /** A rank's two files. */
  record Shard(ShardFile file, String indexSha256) {
    Shard {
      Sha256.requireHex(indexSha256);
    }
  }

  Manifest {
    shards = List.copyOf(shards);
    tensors = List.copyOf(tensors);
  }

  /**
   * A manifest of shards that are complete together.
   *
   * @throws IllegalArgumentException where a rank, a part of a tensor or a whole tensor is missing,
   *     or a part is there twice
   */
  static Manifest of(CheckpointInfo info, List<Shard> shards) {
    for (int rank = 0; rank < shards.size(); rank++) {
      if (shards.get(rank).file().rank() != rank) {
        throw new IllegalArgumentException("the files of rank " + rank + " are missing");
      }
    }
    List<LogicalTensor> tensors = Coverage.of(shards.stream().map(Shard::file).toList());
    long elements = tensors.stream().mapToLong(tensor -> tensor.whole().elements()).sum();
    if (elements != info.model().parameters()) {
      throw new IllegalArgumentException(
          "its tensors have %d elements, but the model has %d parameters"
              .formatted(elements, info.model().parameters()));
    }
    return new Manifest(info, shards, tensors);
  }
}
