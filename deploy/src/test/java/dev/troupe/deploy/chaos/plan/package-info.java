@NullMarked
package dev.troupe.deploy.chaos.plan;

import org.jspecify.annotations.NullMarked;
