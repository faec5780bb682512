/**
 * The control protocol's messages as validated records; {@code proto.codec} puts them on the wire.
 */
@NullMarked
package dev.troupe.proto.message;

import org.jspecify.annotations.NullMarked;
