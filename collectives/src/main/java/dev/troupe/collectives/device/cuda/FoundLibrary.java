package dev.troupe.collectives.device.cuda;

import java.nio.file.Path;

/**
 * A library's file on this machine.
 *
 * @param file absolute path
 * @param place what kind of place it was found in
 */
public record FoundLibrary(Path file, LibraryPlace place) {}
