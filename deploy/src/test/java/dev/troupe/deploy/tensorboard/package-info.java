/** Tests. */
@NullMarked
package dev.troupe.deploy.tensorboard;

import org.jspecify.annotations.NullMarked;
