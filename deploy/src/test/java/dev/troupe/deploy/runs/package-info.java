@NullMarked
package dev.troupe.deploy.runs;

import org.jspecify.annotations.NullMarked;
