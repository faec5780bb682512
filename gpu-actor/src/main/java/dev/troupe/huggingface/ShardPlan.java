package dev.troupe.huggingface;

import dev.troupe.checkpoint.SafetensorsTensor;
import dev.troupe.checkpoint.SafetensorsType;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * Which tensors go into which file. A file takes tensors, in the model's order, as long as it does
 * not grow beyond a size; a larger tensor has a file of its own.
 *
 * @param type element type of all
 * @param files the tensors of each file
 */
record ShardPlan(SafetensorsType type, List<List<ModelTensor>> files) {
  ShardPlan {
    files = files.stream().map(List::copyOf).toList();
  }

  static ShardPlan of(List<ModelTensor> tensors, SafetensorsType type, long most) {
    List<List<ModelTensor>> files = new ArrayList<>();
    List<ModelTensor> current = new ArrayList<>();
    long size = 0;
    for (ModelTensor tensor : tensors) {
      long bytes = tensor.elements() * type.bytes();
      if (!current.isEmpty() && size + bytes > most) {
        files.add(current);
        current = new ArrayList<>();
        size = 0;
      }
      current.add(tensor);
      size += bytes;
    }
    files.add(current);
    return new ShardPlan(type, files);
  }

  /** Name of a file, as save_pretrained names it. */
  String name(int file) {
    return files.size() == 1
        ? WeightFiles.SINGLE
        : String.format(Locale.ROOT, "model-%05d-of-%05d.safetensors", file + 1, files.size());
  }

  /** The header entries of a file. */
  List<SafetensorsTensor> entries(int file) {
    return files.get(file).stream()
        .map(tensor -> new SafetensorsTensor(tensor.name(), type, tensor.shape()))
        .toList();
  }

  /** Bytes of all tensors. */
  long bytes() {
    return files.stream()
        .flatMap(List::stream)
        .mapToLong(tensor -> tensor.elements() * type.bytes())
        .sum();
  }
}
