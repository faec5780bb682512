@NullMarked
package dev.troupe.deploy.cluster;

import org.jspecify.annotations.NullMarked;
