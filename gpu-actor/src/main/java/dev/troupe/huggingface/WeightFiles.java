package dev.troupe.huggingface;

import com.google.gson.JsonElement;
import dev.troupe.checkpoint.SafetensorsFile;
import dev.troupe.proto.error.TroupeException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Pattern;

/**
 * The safetensors files of a model: one, or the shards that an index names. Mapped, so that nothing
 * is read before it is needed. Owns the mappings.
 */
final class WeightFiles implements AutoCloseable {
  static final String SINGLE = "model.safetensors";
  static final String INDEX = "model.safetensors.index.json";

  private static final Pattern PLAIN_NAME = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]*");

  private final List<WeightFile> files = new ArrayList<>();

  private WeightFiles() {}

  /**
   * Opens all files of a folder.
   *
   * @throws TroupeException naming the file that is missing, damaged or not what the index says
   */
  static WeightFiles open(Path folder) {
    Path index = folder.resolve(INDEX);
    WeightFiles opened = new WeightFiles();
    boolean complete = false;
    try {
      if (Files.exists(index)) {
        opened.openShards(folder, index);
      } else if (Files.exists(folder.resolve(SINGLE))) {
        opened.add(folder.resolve(SINGLE));
      } else {
        throw TroupeException.data(
            "%s has neither %s nor %s. Give the folder of a model saved as safetensors; for .bin files, load and save_pretrained it with transformers first."
                .formatted(folder, SINGLE, INDEX));
      }
      complete = true;
      return opened;
    } finally {
      if (!complete) {
        opened.close();
      }
    }
  }

  /** The files, by name. */
  List<WeightFile> files() {
    return List.copyOf(files);
  }

  /** Unmaps a file that is done with. */
  void release(WeightFile file) {
    if (files.remove(file)) {
      file.data().close();
    }
  }

  private void openShards(Path folder, Path index) {
    Map<String, String> shards = weightMap(index);
    for (String name : new TreeSet<>(shards.values())) {
      Path file = folder.resolve(name);
      if (!Files.exists(file)) {
        throw TroupeException.data(
            "%s is missing, which %s names. Download the file, too.".formatted(file, index));
      }
      add(file);
    }
    for (WeightFile file : files) {
      String name = String.valueOf(file.path().getFileName());
      shards.entrySet().stream()
          .filter(entry -> entry.getValue().equals(name))
          .filter(entry -> !file.data().tensors().containsKey(entry.getKey()))
          .findFirst()
          .ifPresent(
              entry -> {
                throw TroupeException.data(
                    "%s lacks tensor %s, which %s says is in it. Download both files again."
                        .formatted(file.path(), entry.getKey(), index));
              });
    }
  }

  /** File names by tensor. A name that was read becomes a path only if it is a plain one. */
  private static Map<String, String> weightMap(Path index) {
    ConfigFields fields = ConfigFields.read(index);
    ConfigFields entries =
        fields
            .section("weight_map")
            .orElseThrow(
                () -> TroupeException.data(index + " has no weight_map. Download the file again."));
    Map<String, String> shards = new TreeMap<>();
    for (Map.Entry<String, JsonElement> entry : entries.json().entrySet()) {
      String name = entries.text(entry.getKey()).orElse("");
      if (!PLAIN_NAME.matcher(name).matches()) {
        throw entries.wrong(entry.getKey(), "the name of a file in the same folder");
      }
      shards.put(entry.getKey(), name);
    }
    return shards;
  }

  private void add(Path path) {
    files.add(new WeightFile(path, SafetensorsFile.open(path)));
  }

  @Override
  public void close() {
    files.forEach(file -> file.data().close());
  }
}
