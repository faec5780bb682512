/** Tests of job files. */
@NullMarked
package dev.troupe.proto.config;

import org.jspecify.annotations.NullMarked;
