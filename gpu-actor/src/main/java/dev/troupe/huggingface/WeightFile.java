package dev.troupe.huggingface;

import dev.troupe.checkpoint.SafetensorsFile;
import java.nio.file.Path;

/**
 * One file of a model's weights.
 *
 * @param path where it is
 * @param data its tensors
 */
record WeightFile(Path path, SafetensorsFile data) {}
