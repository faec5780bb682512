package dev.troupe.deploy.job;

import dev.troupe.checkpoint.CheckpointFolder;
import dev.troupe.checkpoint.CheckpointInfo;
import dev.troupe.checkpoint.CheckpointReader;
import dev.troupe.coordinator.CheckpointStore;
import dev.troupe.proto.config.JobConfig;
import dev.troupe.proto.spec.JobSpec;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The coordinator's checkpoints in a folder.
 *
 * @param folder the folder
 * @param job the job
 * @param tokenizer fingerprint of its tokenizer
 */
record FolderStore(CheckpointFolder folder, JobSpec job, String tokenizer)
    implements CheckpointStore {
  private static final Logger LOG = LoggerFactory.getLogger(FolderStore.class);

  @Override
  public Path begin(long step, long epoch) {
    return folder.begin(step, epoch);
  }

  @Override
  public Path publish(Shards shards) {
    long tokens = shards.step() * job.train().globalBatch() * job.train().seqLength();
    Path published =
        folder.publish(
            shards.step(),
            new CheckpointInfo(
                shards.step(),
                shards.epoch(),
                job.model(),
                JobConfig.render(job),
                tokenizer,
                tokens),
            shards.tp() * shards.dp());
    folder.prune(job.checkpoint().keep());
    return published;
  }

  @Override
  public void discard(long step, long epoch, String why) {
    folder.discard(step, epoch);
  }

  @Override
  public @Nullable Found newest(long step) {
    return folder
        .newestValid(step, LOG::warn)
        .map(
            path -> {
              try (CheckpointReader reader = CheckpointReader.open(path)) {
                return new Found(path, reader.info().step());
              }
            })
        .orElse(null);
  }
}
