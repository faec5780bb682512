/** Which rank goes where: a pure function of nodes and job. */
@NullMarked
package dev.troupe.coordinator.plan;

import org.jspecify.annotations.NullMarked;
