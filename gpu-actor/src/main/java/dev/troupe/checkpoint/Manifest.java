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
   * A manifest of shards that are complete together. One of step 0 may leave out the moments.
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
    List<ShardFile> files = shards.stream().map(Shard::file).toList();
    List<LogicalTensor> tensors = Coverage.of(files, kinds(info, files));
    long elements = tensors.stream().mapToLong(tensor -> tensor.whole().elements()).sum();
    if (elements != info.model().parameters()) {
      throw new IllegalArgumentException(
          "its tensors have %d elements, but the model has %d parameters"
              .formatted(elements, info.model().parameters()));
    }
    return new Manifest(info, shards, tensors);
  }

  /** Before the first step all moments are 0, so weights alone are a whole state. */
  private static List<StateKind> kinds(CheckpointInfo info, List<ShardFile> files) {
    boolean weightsAlone =
        files.stream()
            .flatMap(file -> file.slices().stream())
            .allMatch(slice -> slice.kind() == StateKind.WEIGHT);
    return info.step() == 0 && weightsAlone
        ? List.of(StateKind.WEIGHT)
        : List.of(StateKind.values());
  }
}
