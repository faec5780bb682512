package dev.troupe.deploy.doctor;

import org.jspecify.annotations.Nullable;

/**
 * What {@code troupe doctor} found of one of CUDA's libraries.
 *
 * @param file where it is; null where it was not found
 * @param place the kind of place that is
 * @param version as the library tells it; null where it does not, or cannot be loaded
 * @param problem what is missing or wrong and how to put it right; null where all is well
 */
public record GpuLibrary(
    @Nullable String file,
    @Nullable String place,
    @Nullable String version,
    @Nullable String problem) {}
