/** The wire: one table of codecs between messages and Protobuf, and Pekko's serializer over it. */
@NullMarked
package dev.troupe.proto.codec;

import org.jspecify.annotations.NullMarked;
