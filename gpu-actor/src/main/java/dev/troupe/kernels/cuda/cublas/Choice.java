package dev.troupe.kernels.cuda.cublas;

import java.nio.file.Path;
import java.util.Optional;

/**
 * How an algorithm is chosen.
 *
 * @param tune whether algorithms are measured when a product is first computed; else the first that
 *     the library offers is taken, which is the same in every process. Processes that must agree
 *     bit for bit may tune only with one folder
 * @param folder where what was measured is kept
 */
public record Choice(boolean tune, Optional<Path> folder) {}
