/** Words that the log lines of all modules share. */
@NullMarked
package dev.troupe.proto.log;

import org.jspecify.annotations.NullMarked;
