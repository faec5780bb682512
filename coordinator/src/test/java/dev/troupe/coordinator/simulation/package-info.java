/**
 * A seeded simulation of the whole control protocol: the production state machine between model
 * nodes, a model network, a model disk and a virtual clock. All that happens follows from the seed.
 */
@NullMarked
package dev.troupe.coordinator.simulation;

import org.jspecify.annotations.NullMarked;
