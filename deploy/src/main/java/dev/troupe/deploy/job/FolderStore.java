package dev.troupe.deploy.job;

import dev.troupe.checkpoint.CheckpointFolder;
import dev.troupe.checkpoint.CheckpointInfo;
import dev.troupe.checkpoint.CheckpointReader;
import dev.troupe.coordinator.CheckpointStore;
import dev.troupe.data.tokenizer.Tokenizer;
import dev.troupe.proto.config.JobConfig;
import dev.troupe.proto.error.TroupeException;
import dev.troupe.proto.spec.JobSpec;
import java.nio.file.Path;
import java.util.Map;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The coordinator's checkpoints in a folder.
 *
 * @param folder the folder
 * @param job the job
 * @param tokenizer its tokenizer
 * @param tokenizerFiles the tokenizer's files, by name
 * @param held whether the run is still this coordinator's
 */
record FolderStore(
    CheckpointFolder folder,
    JobSpec job,
    Tokenizer tokenizer,
    Map<String, byte[]> tokenizerFiles,
    BooleanSupplier held)
    implements CheckpointStore {
  private static final Logger LOG = LoggerFactory.getLogger(FolderStore.class);

  @Override
  public Path begin(long step, long epoch) {
    return folder.begin(step, epoch);
  }

  @Override
  public Path publish(Shards shards) {
    long tokens = shards.step() * job.train().globalBatch() * job.train().seqLength();
    tokenizerFiles.forEach(
        (name, bytes) -> folder.addTokenizerFile(shards.step(), shards.epoch(), name, bytes));
    Path published =
        folder.publish(
            shards.step(),
            new CheckpointInfo(
                shards.step(),
                shards.epoch(),
                job.model(),
                JobConfig.render(job),
                tokenizer.fingerprint(),
                tokens),
            shards.tp() * shards.dp(),
            this::requireHeld);
    folder.prune(job.checkpoint().keep());
    return published.toAbsolutePath().normalize(); // ranks elsewhere may be told to load it
  }

  /**
   * A coordinator that others have given up, and that does not know it yet, must not name anything
   * newest. One that is given up after this moment may: what it then publishes is a step that was
   * committed, whole, and {@code latest} goes to no earlier one than it names.
   */
  private void requireHeld() {
    if (!held.getAsBoolean()) {
      throw TroupeException.peer(
          "the run's journal does not confirm that this coordinator is still the run's");
    }
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
