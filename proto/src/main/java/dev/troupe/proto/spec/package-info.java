/** The validated job: what a job file says, as records. */
@NullMarked
package dev.troupe.proto.spec;

import org.jspecify.annotations.NullMarked;
