@NullMarked
package dev.troupe.deploy.chaos;

import org.jspecify.annotations.NullMarked;
