package dev.troupe.deploy.serve;

import dev.troupe.data.tokenizer.Tokenizer;
import dev.troupe.infer.InferenceModel;
import java.time.Instant;

/**
 * The model whose texts are served.
 *
 * @param name what callers call it
 * @param tokenizer the tokenizer it was trained with
 * @param weights used by the engine's thread alone; not owned
 * @param created since when it is served
 */
public record ServedModel(
    String name, Tokenizer tokenizer, InferenceModel weights, Instant created) {}
