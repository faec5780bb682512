/** Plans of faults, as people write them. */
@NullMarked
package dev.troupe.deploy.chaos.plan;

import org.jspecify.annotations.NullMarked;
