package dev.troupe.checkpoint;

import dev.troupe.proto.error.TroupeException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;

/**
 * Turns a folder that all ranks have written into one complete checkpoint: checks that nothing is
 * missing and writes the manifest. What does not fit together stays unpublished.
 */
record Publication(Disk disk, Path folder) {

  /**
   * Writes the manifest and makes the folder durable.
   *
   * @param ranks how many ranks have written
   * @throws TroupeException naming the file or part that is missing, damaged or not expected
   */
  void complete(CheckpointInfo info, int ranks) {
    requireFiles(ranks);
    List<Manifest.Shard> shards = new ArrayList<>(ranks);
    ShardCheck check = new ShardCheck(disk, folder);
    for (int rank = 0; rank < ranks; rank++) {
      Manifest.Shard shard = shard(rank);
      check.requireSize(shard.file());
      shards.add(shard);
    }
    disk.write(folder.resolve(Manifest.NAME), ManifestJson.seal(manifest(info, shards)));
    disk.forceFolder(folder);
  }

  private Manifest manifest(CheckpointInfo info, List<Manifest.Shard> shards) {
    try {
      return Manifest.of(info, shards);
    } catch (IllegalArgumentException | ArithmeticException incomplete) {
      throw unpublished(String.valueOf(incomplete.getMessage()));
    }
  }

  private Manifest.Shard shard(int rank) {
    Path index = folder.resolve(ShardFile.indexName(rank));
    byte[] bytes = disk.read(index);
    return new Manifest.Shard(ShardIndex.open(index, bytes), Sha256.of(bytes));
  }

  private void requireFiles(int ranks) {
    TreeSet<String> there = new TreeSet<>(disk.names(folder));
    there.remove(Manifest.NAME);
    there.remove(CheckpointFolder.TOKENIZER);
    for (int rank = 0; rank < ranks; rank++) {
      for (String name : List.of(ShardFile.dataName(rank), ShardFile.indexName(rank))) {
        if (!there.remove(name)) {
          throw unpublished("rank " + rank + " has not written " + folder.resolve(name));
        }
      }
    }
    if (!there.isEmpty()) {
      throw unpublished(folder.resolve(there.first()) + " belongs to none of " + ranks + " ranks");
    }
  }

  private TroupeException unpublished(String what) {
    return TroupeException.data(
        "Checkpoint " + folder + " is not published: " + what + ". Save again.");
  }
}
