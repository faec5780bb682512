package dev.troupe.huggingface;

import dev.troupe.checkpoint.CheckpointFolder;
import dev.troupe.checkpoint.CheckpointInfo;
import dev.troupe.checkpoint.FileStorage;
import dev.troupe.checkpoint.ShardWriter;
import dev.troupe.checkpoint.Storage;
import dev.troupe.proto.error.TroupeException;
import dev.troupe.proto.spec.ModelSpec;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * Makes a checkpoint of step 0 from a model of {@code transformers}: LLaMA 1, 2, 3 and 3.1, and
 * Mistral up to its window. Tensor by tensor, in pieces of a megabyte, so that memory does not
 * depend on the model's size. A checkpoint that fails leaves nothing behind.
 */
public final class CheckpointImport implements AutoCloseable {
  private static final String CONFIG = "config.json";

  private final Storage storage = new FileStorage();
  private final ModelConfig config;
  private final WeightFiles files;
  private final Map<String, WeightFile> found;

  private CheckpointImport(ModelConfig config, WeightFiles files) {
    this.config = config;
    this.files = files;
    this.found = WeightMatch.of(config.model(), files.files());
  }

  /**
   * Opens a model and checks all but its weights' values.
   *
   * @param from folder with config.json and safetensors files
   * @throws TroupeException naming the file and the field or tensor that is missing or unsuitable
   */
  public static CheckpointImport open(Path from) {
    if (!Files.isDirectory(from)) {
      throw TroupeException.data(
          from + " is no folder. Give one with config.json and the model's safetensors files.");
    }
    ModelConfig config = ConfigReader.read(from.resolve(CONFIG));
    WeightFiles files = WeightFiles.open(from);
    boolean opened = false;
    try {
      CheckpointImport model = new CheckpointImport(config, files);
      opened = true;
      return model;
    } finally {
      if (!opened) {
        files.close();
      }
    }
  }

  /** The model's dimensions. */
  public ModelSpec model() {
    return config.model();
  }

  /** Its longest sequence without regard to a sliding window. */
  public int positions() {
    return config.positions();
  }

  /**
   * Writes the checkpoint. To be called once: each file is unmapped when it has been read.
   *
   * @param out folder of checkpoints to make; must not exist, or be empty
   * @param tokenizer fingerprint of the model's tokenizer
   * @param tokenizerFiles the tokenizer's files, by name
   * @param job the job to keep with it, as text
   * @return the checkpoint
   * @throws TroupeException where a weight is not finite, or the disk fails
   */
  public Path write(
      Path out,
      String tokenizer,
      Map<String, byte[]> tokenizerFiles,
      String job,
      CopyProgress progress) {
    boolean isNew = Files.notExists(out);
    requireEmpty(out);
    CheckpointFolder folder = new CheckpointFolder(storage, out);
    boolean done = false;
    try {
      Path part = folder.begin(0, 0);
      int ranks = writeShards(part, progress);
      tokenizerFiles.forEach((name, bytes) -> folder.addTokenizerFile(0, 0, name, bytes));
      Path published =
          folder.publish(0, new CheckpointInfo(0, 0, model(), job, tokenizer, 0), ranks);
      done = true;
      return published;
    } finally {
      if (!done) {
        folder.discard(0, 0);
        removeIfEmpty(out, isNew);
      }
    }
  }

  /** A file there is a file here. */
  private int writeShards(Path part, CopyProgress progress) {
    Map<String, ModelTensor> tensors =
        ModelTensor.of(model()).stream()
            .collect(Collectors.toMap(ModelTensor::name, Function.identity()));
    long total =
        found.entrySet().stream()
            .mapToLong(entry -> entry.getValue().data().tensor(entry.getKey()).bytes())
            .sum();
    CopiedBytes copied = new CopiedBytes(progress, total);
    int rank = 0;
    for (WeightFile file : files.files()) {
      List<WeightPart> parts =
          file.data().tensors().keySet().stream()
              .flatMap(name -> Optional.ofNullable(tensors.get(name)).stream())
              .map(tensor -> new WeightPart(tensor, file, copied))
              .toList();
      if (!parts.isEmpty()) {
        ShardWriter.write(storage, part, rank++, parts);
      }
      files.release(file);
    }
    return rank;
  }

  private static void requireEmpty(Path out) {
    try (DirectoryStream<Path> entries = Files.newDirectoryStream(out)) {
      if (entries.iterator().hasNext()) {
        throw TroupeException.usage(
            out + " has files in it already. Give a new folder, or empty that one.");
      }
    } catch (NoSuchFileException absent) {
      return;
    } catch (IOException unreadable) {
      throw TroupeException.usage(
          "%s cannot be used: %s. Give a folder.".formatted(out, unreadable));
    }
  }

  private static void removeIfEmpty(Path out, boolean ours) {
    if (ours) {
      try {
        Files.deleteIfExists(out);
      } catch (IOException kept) {
        // Somebody put something there; it is theirs.
      }
    }
  }

  @Override
  public void close() {
    files.close();
  }
}
