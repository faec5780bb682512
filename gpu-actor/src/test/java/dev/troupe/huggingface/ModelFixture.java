package dev.troupe.huggingface;

import dev.troupe.checkpoint.SafetensorsFile;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.net.URISyntaxException;
import java.net.URL;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * A model that transformers saved, and what it computes with it: see deploy/hf/make_fixtures.py.
 */
public final class ModelFixture implements AutoCloseable {
  /** All there are: grouped queries in shards of bf16; a tied head in fp32; fp16; scaled rope. */
  public static final List<String> NAMES = List.of("llama-gqa", "llama-tied", "mistral", "llama31");

  private final Path folder;
  private final SafetensorsFile oracle;

  /** Opens a fixture of the tests' resources. */
  public ModelFixture(String name) {
    folder = resource("/huggingface/" + name);
    oracle = SafetensorsFile.open(resource("/huggingface/" + name + ".oracle.safetensors"));
  }

  private static Path resource(String name) {
    try {
      URL found = Objects.requireNonNull(ModelFixture.class.getResource(name), name);
      return Path.of(found.toURI());
    } catch (URISyntaxException e) {
      throw new AssertionError(e);
    }
  }

  /** The folder that save_pretrained wrote. */
  public Path folder() {
    return folder;
  }

  /** The checkpoint that the folder is imported into. */
  public Path imported(Path out) {
    try (CheckpointImport model = CheckpointImport.open(folder)) {
      return model.write(out, "bytes", Map.of(), "", (done, total) -> {});
    }
  }

  /** A setting of the ten steps. */
  public double number(String key) {
    return Double.parseDouble(Objects.requireNonNull(oracle.metadata().get(key), key));
  }

  /** An int32 tensor, row-major. */
  public int[] ints(String name) {
    MemorySegment data = oracle.data(name);
    int[] values = new int[(int) (data.byteSize() / Integer.BYTES)];
    for (int i = 0; i < values.length; i++) {
      values[i] = data.getAtIndex(ValueLayout.JAVA_INT_UNALIGNED, i);
    }
    return values;
  }

  /** The logits of a prompt, (position, id). */
  public float[] logits(int prompt) {
    MemorySegment data = oracle.data("logits." + prompt);
    float[] values = new float[(int) (data.byteSize() / Float.BYTES)];
    for (int i = 0; i < values.length; i++) {
      values[i] = data.getAtIndex(ValueLayout.JAVA_FLOAT_UNALIGNED, i);
    }
    return values;
  }

  /** The losses of the ten steps. */
  public double[] losses() {
    MemorySegment data = oracle.data("losses");
    double[] values = new double[(int) (data.byteSize() / Double.BYTES)];
    for (int i = 0; i < values.length; i++) {
      values[i] = data.getAtIndex(ValueLayout.JAVA_DOUBLE_UNALIGNED, i);
    }
    return values;
  }

  @Override
  public void close() {
    oracle.close();
  }
}
