/**
 * What the control plane alone costs: coordinator and node agents as they are, over ranks that
 * compute nothing.
 */
@NullMarked
package dev.troupe.deploy.control;

import org.jspecify.annotations.NullMarked;
