package dev.troupe.huggingface;

import dev.troupe.checkpoint.CheckpointReader;
import dev.troupe.checkpoint.FileStorage;
import dev.troupe.checkpoint.SafetensorsType;
import dev.troupe.checkpoint.SafetensorsWriter;
import dev.troupe.checkpoint.StagedFolder;
import dev.troupe.checkpoint.Storage;
import dev.troupe.proto.error.TroupeException;
import dev.troupe.proto.spec.Precision;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/**
 * Writes a checkpoint's weights as a model that {@code transformers} reads, whatever mesh it was
 * saved from: safetensors files, their index where there are several, config.json and
 * generation_config.json. In pieces of a megabyte, so that memory does not depend on the model's
 * size. An export that fails leaves nothing behind.
 */
public final class CheckpointExport {
  /** What transformers looks for before it reads a file. */
  private static final Map<String, String> METADATA = Map.of("format", "pt");

  private static final String GENERATION = "generation_config.json";

  private CheckpointExport() {}

  /**
   * What is to be written.
   *
   * @param out the model's folder; must not exist, or be empty
   * @param shardBytes size that a file does not exceed, unless one tensor alone does
   * @param precision element type
   * @param ids what config.json tells of the tokenizer
   * @param more the tokenizer's files, by name; a generation_config.json among them is taken as it
   *     is
   */
  public record Request(
      Path out, long shardBytes, Precision precision, SpecialIds ids, Map<String, byte[]> more) {
    /** Copies the map. */
    public Request {
      more = Map.copyOf(more);
    }
  }

  /**
   * Writes the model.
   *
   * @return the names of the weights' files
   * @throws TroupeException where a weight is not finite, or the disk fails
   */
  public static List<String> write(
      CheckpointReader reader, Request request, CopyProgress progress) {
    Storage storage = new FileStorage();
    SafetensorsType type =
        switch (request.precision()) {
          case FP32 -> SafetensorsType.F32;
          case BF16 -> SafetensorsType.BF16;
        };
    ShardPlan plan =
        ShardPlan.of(ModelTensor.of(reader.info().model()), type, request.shardBytes());
    CopiedBytes copied = new CopiedBytes(progress, plan.bytes());
    try (StagedFolder folder = StagedFolder.at(storage, request.out())) {
      TensorCopy copy = new TensorCopy(reader, type, copied);
      for (int file = 0; file < plan.files().size(); file++) {
        try (SafetensorsWriter writer =
            SafetensorsWriter.create(
                storage, folder.path().resolve(plan.name(file)), METADATA, plan.entries(file))) {
          plan.files().get(file).forEach(tensor -> copy.copy(tensor, writer));
          writer.finish();
        }
      }
      if (plan.files().size() > 1) {
        folder.write(WeightFiles.INDEX, ConfigWriter.index(plan));
      }
      folder.write("config.json", ConfigWriter.config(reader.info().model(), type, request.ids()));
      if (!request.more().containsKey(GENERATION)) {
        folder.write(GENERATION, ConfigWriter.generation(request.ids()));
      }
      request.more().forEach(folder::write);
      folder.publish();
    }
    return IntStream.range(0, plan.files().size()).mapToObj(plan::name).toList();
  }
}
