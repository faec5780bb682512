package dev.troupe.proto.codec;

import org.apache.pekko.actor.typed.ActorRef;

/** Turns actor references into text that means the same actor in another process, and back. */
interface Refs {
  /** The reference as text. */
  String out(ActorRef<?> ref);

  /** The actor that {@code text} names; a dead one where there is none. */
  <T> ActorRef<T> in(String text);
}
