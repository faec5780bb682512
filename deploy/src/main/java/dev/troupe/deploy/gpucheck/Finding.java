package dev.troupe.deploy.gpucheck;

import org.jspecify.annotations.Nullable;

/**
 * What one check found.
 *
 * @param section letter of the section
 * @param check what was checked
 * @param figure what was found, for people
 * @param value the same as a number; null where it is none
 * @param bound what was allowed, for people; empty: anything
 * @param outcome what it came to
 * @param note the reason, where it is not ok; else more to know, or nothing
 */
record Finding(
    char section,
    String check,
    String figure,
    @Nullable Double value,
    String bound,
    Outcome outcome,
    String note) {}
