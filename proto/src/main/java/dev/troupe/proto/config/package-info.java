/** Job files: HOCON in, a valid {@link dev.troupe.proto.spec.JobSpec} out, and back. */
@NullMarked
package dev.troupe.proto.config;

import org.jspecify.annotations.NullMarked;
