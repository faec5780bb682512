package dev.troupe.huggingface;

import java.util.OptionalInt;

/**
 * The ids of a tokenizer that generation needs.
 *
 * @param begin begins a text, where there is one
 * @param end ends a document
 */
public record SpecialIds(OptionalInt begin, int end) {}
