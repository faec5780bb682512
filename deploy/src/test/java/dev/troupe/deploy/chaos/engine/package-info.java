@NullMarked
package dev.troupe.deploy.chaos.engine;

import org.jspecify.annotations.NullMarked;
