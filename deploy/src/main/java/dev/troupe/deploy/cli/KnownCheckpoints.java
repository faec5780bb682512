package dev.troupe.deploy.cli;

import dev.troupe.checkpoint.CheckpointFolder;
import dev.troupe.checkpoint.CheckpointGlance;
import dev.troupe.proto.config.CheckpointModels;
import dev.troupe.proto.config.JobConfig;
import dev.troupe.proto.error.TroupeException;
import dev.troupe.proto.spec.DataSpec;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/** Checkpoints in folders of this host. */
final class KnownCheckpoints implements CheckpointModels {
  @Override
  public Optional<Known> of(String from) {
    try {
      return CheckpointGlance.at(Path.of(from)).map(KnownCheckpoints::known);
    } catch (TroupeException unreadable) {
      return Optional.empty(); // told where the checkpoint is loaded
    }
  }

  private static Known known(CheckpointGlance checkpoint) {
    DataSpec data = JobConfig.parse(checkpoint.info().job()).data();
    Path copy = checkpoint.folder().resolve(CheckpointFolder.TOKENIZER);
    String tokenizer = Files.isDirectory(copy) ? copy.toString() : data.tokenizer();
    return new Known(checkpoint.info().model(), tokenizer, data.bos(), data.eos());
  }
}
