/** Files on disk. */
@NullMarked
package dev.troupe.proto.file;

import org.jspecify.annotations.NullMarked;
