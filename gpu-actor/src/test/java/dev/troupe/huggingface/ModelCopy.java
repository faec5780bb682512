package dev.troupe.huggingface;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import dev.troupe.checkpoint.FileStorage;
import dev.troupe.checkpoint.SafetensorsFile;
import dev.troupe.checkpoint.SafetensorsTensor;
import dev.troupe.checkpoint.SafetensorsWriter;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Consumer;
import java.util.stream.Stream;

/**
 * A copy of a fixture that a test may spoil.
 *
 * @param folder where it is
 */
record ModelCopy(Path folder) {
  /** A tensor of a file: what its header says, and its bytes. */
  record Content(SafetensorsTensor tensor, byte[] bytes) {}

  static ModelCopy of(String fixture, Path folder) throws IOException {
    Files.createDirectories(folder);
    try (ModelFixture source = new ModelFixture(fixture);
        Stream<Path> files = Files.list(source.folder())) {
      for (Path file : files.toList()) {
        Files.copy(file, folder.resolve(String.valueOf(file.getFileName())));
      }
    }
    return new ModelCopy(folder);
  }

  Path file(String name) {
    return folder.resolve(name);
  }

  /** Sets fields of config.json to what a JSON object says. */
  ModelCopy configure(String fields) throws IOException {
    return edit(
        "config.json",
        json -> {
          for (Map.Entry<String, JsonElement> field :
              JsonParser.parseString(fields).getAsJsonObject().entrySet()) {
            json.add(field.getKey(), field.getValue());
          }
        });
  }

  ModelCopy edit(String name, Consumer<JsonObject> change) throws IOException {
    JsonObject json = JsonParser.parseString(Files.readString(file(name))).getAsJsonObject();
    change.accept(json);
    Files.writeString(file(name), json.toString());
    return this;
  }

  /** Writes a file of tensors again, after a change. */
  ModelCopy rewrite(String name, Consumer<Map<String, Content>> change) throws IOException {
    Map<String, Content> tensors = read(file(name));
    change.accept(tensors);
    Path changed = file(name + ".new");
    List<SafetensorsTensor> header = tensors.values().stream().map(Content::tensor).toList();
    try (SafetensorsWriter writer =
        SafetensorsWriter.create(new FileStorage(), changed, Map.of(), header)) {
      for (Content content : tensors.values()) {
        writer.write(content.tensor().name(), MemorySegment.ofArray(content.bytes()));
      }
      writer.finish();
    }
    Files.delete(file(name));
    Files.move(changed, file(name));
    return this;
  }

  /** One that must be there. */
  static Content find(Map<String, Content> tensors, String name) {
    return Objects.requireNonNull(tensors.get(name), name);
  }

  /** The tensors of a file, by name. */
  static Map<String, Content> read(Path path) {
    Map<String, Content> tensors = new LinkedHashMap<>();
    try (SafetensorsFile file = SafetensorsFile.open(path)) {
      file.tensors()
          .forEach(
              (name, tensor) ->
                  tensors.put(
                      name, new Content(tensor, file.data(name).toArray(ValueLayout.JAVA_BYTE))));
    }
    return tensors;
  }

  /** The tensors of all files of a folder, by name. */
  static Map<String, Content> readAll(Path folder) throws IOException {
    Map<String, Content> tensors = new LinkedHashMap<>();
    try (Stream<Path> files = Files.list(folder)) {
      files
          .filter(file -> file.toString().endsWith(".safetensors"))
          .sorted()
          .forEach(file -> tensors.putAll(read(file)));
    }
    return tensors;
  }
}
